import DSemantics
import Session
import Testing

/// What the kernel is asked to tell of for clauses on system calls that run here.
struct CallFeedTests {
  private func feeds(_ text: String, options: (inout Options) throws -> Void = { _ in }) throws -> [CallFeed] {
    var request = TraceRequest()
    request.pieces = [.init(isScript: false, label: "test", text: text)]
    try options(&request.options)
    let trace = try HostTrace(request, target: nil, interfaces: ["eth0"]) { _ in
      true
    } note: { _ in
    }
    return trace.calls
  }

  @Test func `a program without clauses on calls asks for none`() throws {
    #expect(try feeds("packet:::send { @ = count(); } socket:::send { @ = count(); }") == [])
  }

  @Test func `what of a predicate rests on the moment alone is decided in the kernel`() throws {
    let feeds = try feeds(
      #"int seen[pid_t]; syscall::openat:entry /execname == "srg" && seen[pid] && uid != 0/ { @ = count(); }"#)
    #expect(feeds == [CallFeed(.entry, names: ["openat"], predicate: #"((execname == "srg") && (uid != 0))"#)])
  }

  @Test func `what stands behind a side effect stays here, so that the effect happens as often`() throws {
    let feeds = try feeds("int n; syscall::read:return /arg0 > 0 && n++ < 5 && pid == 1/ { @ = count(); }")
    #expect(feeds == [CallFeed(.return, names: ["read"], predicate: "((arg0 > 0))")])
    #expect(try self.feeds("int n; syscall::read:return /n++ < 5 && pid == 1/ { @ = count(); }")[0].predicate == nil)
  }

  @Test func `a call that several clauses want is told of once, where any of them may`() throws {
    let feeds = try feeds(
      "syscall::read:entry /pid == 1/ { @a = count(); } syscall::read:entry, syscall::write:entry /pid == 2/ { @b = count(); }"
    )
    #expect(
      Set(feeds.map { "\($0.names ?? []) \($0.predicate ?? "")" }) == [
        #"["read"] ((pid == 1)) || ((pid == 2))"#, #"["write"] ((pid == 2))"#,
      ])
    let all = try self.feeds("syscall:::entry { @a = count(); } syscall:::entry /pid == 2/ { @b = count(); }")
    #expect(all == [CallFeed(.entry, names: nil, predicate: nil)])
  }

  @Test func `stacks and paths that entries read are asked for, each behind what it belongs to`() throws {
    let feeds = try feeds(
      "syscall::openat:entry /pid == 1/ { trace(copyinstr(arg1)); ustack(); } syscall::openat:return { @ = count(); }")
    #expect(feeds.map(\.moment) == [.entry, .stack, .opened, .return])
    #expect(feeds.map(\.predicate) == ["((pid == 1))", "((pid == 1))", "((pid == 1))", nil])
  }

  @Test func `a failed exec is a call's return`() throws {
    #expect(try feeds("proc:::exec-failure { @ = count(); }").map(\.moment) == [.return])
    #expect(try feeds("proc:::exec-failure { @ = count(); }")[0].names == ["execve", "execveat"])
  }

  @Test func `with compat=solaris arguments stand elsewhere and are not decided in the kernel`() throws {
    let feeds = try feeds("syscall::open:entry /arg0 != 0 && pid == 1/ { @ = count(); }") {
      try $0.set("compat", "solaris")
    }
    #expect(feeds.map(\.names) == [["open", "openat"]])
    #expect(feeds.map(\.predicate) == ["((pid == 1))"])
  }

  @Test func `a string that would have to be escaped is not sent to the kernel`() throws {
    #expect(try feeds(#"syscall::read:entry /execname == "a\"b"/ { @ = count(); }"#)[0].predicate == nil)
  }
}
