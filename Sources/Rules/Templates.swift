extension Rule {
  /// Whether it is an id such as `SNF-001`.
  package static func isID(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return parts.count == 2 && (2...8).contains(parts[0].count) && (3...4).contains(parts[1].count)
      && parts[0].utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
      && parts[1].utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  /// A rule to begin with: it runs, and says who connects to a port that its parameter names.
  package static func template(id: String, title: String) -> String {
    """
    /*---
    id: \(id)
    version: 0.1.0
    title: '\(title.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'
    status: experimental
    severity: low
    confidence: low
    risk: 20
    attack: {version: 18, techniques: [T1571]}
    needs: {events: [socket], complete: true}
    params:
      port: {type: integer, default: 6667, min: 1, max: 65535}
    dedup: {key: [process, destination], for: 1h}
    why: >
      What it is, and why anybody should look at it.
    triage:
      - What to look at first.
    false_positives:
      - Innocent work that looks the same.
    blind_spots:
      - What it does not see.
    references:
      - https://attack.mitre.org/techniques/T1571/
    ---*/
    #pragma D option quiet

    socket:::connect
    /args[0]->so_rport == port/
    {
    \tfinding("%s connects to %s port %d", execname, args[0]->so_raddr, args[0]->so_rport);
    }

    """
  }
}

extension RulePack {
  /// The description of a pack to begin with.
  package static func template(name: String) -> String {
    """
    name: \(name)
    version: 0.1.0
    title: Rules of this site
    license: none

    """
  }
}
