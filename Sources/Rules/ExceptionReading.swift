package import Events
import Yams

extension RuleExceptions {
  private static let mostExceptions = 10_000

  /// Reads a site's exceptions, a mapping of names; none counts when something is wrong. One that has expired is told of, and kept, since what
  /// it would have hidden is counted.
  /// - Parameter now: what the clock says.
  package static func reading(
    _ text: String, file: String, rules: [Rule], at now: Instant
  ) -> (exceptions: RuleExceptions?, complaints: [RuleComplaint]) {
    do {
      guard let node = try Yams.compose(yaml: text) else { return (RuleExceptions(), []) }
      var reader = MappingReader(node, file: file, firstLine: 0)
      var found: [RuleException] = []
      for name in reader.names {
        guard found.count < mostExceptions else {
          reader.complain(.outOfBounds, nil, "a file has at most \(mostExceptions) exceptions")
          break
        }
        guard var one = reader.reader(name) else { continue }
        if let exception = RuleException(name, &one, rules: rules) {
          if exception.expires <= now {
            let days = (now.nanoseconds - exception.expires.nanoseconds) / 86_400_000_000_000
            one.complain(
              .expired, one.node("expires"), severity: .warning,
              "\(name) has expired \(days == 0 ? "today" : "\(days) days ago") and hides nothing (\(exception.owner))")
          }
          found.append(exception)
        }
        one.finish()
        reader.take(one)
      }
      reader.finish()
      let isSound = reader.complaints.allSatisfy { $0.severity == .warning }
      return (isSound ? RuleExceptions(found) : nil, reader.complaints)
    } catch {
      return (nil, [Rule.complaint(error, file: file, firstLine: 0)])
    }
  }
}

extension RuleException {
  fileprivate init?(_ name: String, _ reader: inout MappingReader, rules: [Rule]) {
    let ids = reader.textOrTexts("rule", isNeeded: false)
    if ids.isEmpty { reader.complain(.missingKey, nil, "rule is missing: the id of the rule, or a list of them") }
    for id in ids where !rules.contains(where: { $0.id == id }) {
      reader.complain(.unknownKey, reader.node("rule"), "there is no rule \(id)")
    }
    let reason = reader.text("reason")
    let owner = reader.text("owner")
    let ticket = reader.text("ticket", isNeeded: false)
    let expires = reader.day("expires")
    guard var place = reader.reader("where") else { return nil }
    let condition = Condition(&place)
    place.finish()
    reader.take(place)
    guard let reason, let owner, let expires, !ids.isEmpty else { return nil }
    self.init(
      name: name, rules: ids, condition: condition, reason: reason, owner: owner, ticket: ticket, expires: expires)
  }
}

extension RuleException.Condition {
  /// Places where anybody may put a program.
  private static let writable = ["/tmp/", "/var/tmp/", "/dev/shm/", "/home/", "/run/user/"]

  fileprivate init(_ reader: inout MappingReader) {
    programs = reader.textOrTexts("exe", isNeeded: false)
    packages = reader.textOrTexts("package", isNeeded: false)
    units = reader.textOrTexts("unit", isNeeded: false)
    digests = reader.textOrTexts("sha256", isNeeded: false).compactMap { text in
      let digest = bytes(ofHexadecimal: text)
      if digest?.count == 32 { return digest }
      reader.complain(.wrongType, reader.node("sha256"), "sha256 is 64 hexadecimal digits")
      return nil
    }
    containers = reader.beginnings("container", "")
    images = reader.beginnings("image", "sha256:")
    destinations = reader.textOrTexts("destination", isNeeded: false).compactMap { text in
      if let block = AddressBlock(text: text) { return block }
      reader.complain(
        .wrongType, reader.node("destination"), "\(text) is no address, and no block of them like 10.1.0.0/16")
      return nil
    }
    ports = reader.numbers("port", 0...65_535).map { UInt16($0) }
    users = reader.numbers("uid", 0...Int(UInt32.max)).map { UInt32($0) }
    for path in programs where !path.hasPrefix("/") {
      reader.complain(
        .badName, reader.node("exe"), "exe is a whole path, and \(path) is a name, which anybody can take")
    }
    if digests.isEmpty, let path = programs.first(where: { path in Self.writable.contains { path.hasPrefix($0) } }) {
      reader.complain(.nameAlone, reader.node("exe"), "anybody may put a program at \(path): say its sha256 too")
    } else if !isSure, reader.complaints.isEmpty {
      reader.complain(
        .nameAlone, nil, "say one of sha256, package, unit, container, image and destination: all else can be anybody's"
      )
    }
  }
}

extension MappingReader {
  /// The beginning of a day in UTC, `2027-03-01`.
  fileprivate mutating func day(_ key: String) -> Instant? {
    guard let text = text(key) else { return nil }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    if parts.map(\.count) == [4, 2, 2], let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
      let days = daysSince1970(year: year, month: month, day: day)
    {
      return Instant(nanoseconds: days * 86_400_000_000_000)
    }
    complain(.wrongType, node(key), "\(key) is a day like 2027-03-01")
    return nil
  }

  fileprivate mutating func numbers(_ key: String, _ bounds: ClosedRange<Int>) -> [Int] {
    textOrTexts(key, isNeeded: false).compactMap { text in
      if let number = Int(text), bounds.contains(number) { return number }
      complain(.outOfBounds, node(key), "\(key) is from \(bounds.lowerBound) to \(bounds.upperBound)")
      return nil
    }
  }

  /// Ids in hexadecimal digits, of which the first twelve are enough.
  fileprivate mutating func beginnings(_ key: String, _ prefix: String) -> [String] {
    textOrTexts(key, isNeeded: false).compactMap { text in
      let digits = text.hasPrefix(prefix) ? text.dropFirst(prefix.count) : text[...]
      if (12...64).contains(digits.count), digits.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) {
        return prefix + digits
      }
      complain(.wrongType, node(key), "\(key) is twelve or more of an id's hexadecimal digits")
      return nil
    }
  }
}

private func bytes(ofHexadecimal text: String) -> [UInt8]? {
  let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
  guard digits.count.isMultiple(of: 2), !digits.contains(nil) else { return nil }
  return stride(from: 0, to: digits.count, by: 2).map { UInt8((digits[$0] ?? 0) << 4 | (digits[$0 + 1] ?? 0)) }
}

/// Days from 1970-01-01 to a day of the Gregorian calendar; nil when there is no such day, or it is not from 1970 to 2200.
private func daysSince1970(year: Int, month: Int, day: Int) -> Int64? {
  func isLeap(_ year: Int) -> Bool { year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) }
  guard (1970...2200).contains(year), (1...12).contains(month) else { return nil }
  var lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  if isLeap(year) { lengths[1] = 29 }
  guard (1...lengths[month - 1]).contains(day) else { return nil }
  let years = (1970..<year).reduce(0) { $0 + (isLeap($1) ? 366 : 365) }
  return Int64(years + lengths[..<(month - 1)].reduce(0, +) + day - 1)
}
