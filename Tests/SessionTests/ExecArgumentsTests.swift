import Testing

@testable import Session

struct ExecArgumentsTests {
  private func arguments(_ record: String, _ line: String?) -> [String] {
    execArguments(Array(record.utf8), line: line.map { Array($0.utf8) }).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func `blanks in an argument and empty arguments are kept where /proc still has them`() {
    #expect(arguments("sh -c echo  a  b ", "sh\0-c\0echo  a\0\0b\0\0") == ["sh", "-c", "echo  a", "", "b", ""])
    let long = String(repeating: "x", count: 300)
    #expect(arguments(String("srg \(long)".prefix(79)), "srg\0\(long)\0last\0") == ["srg", long, "last"])
  }

  @Test func `what is gone, or has become another program, is what the kernel's record says, and says that it was cut`()
  {
    #expect(arguments("cat /etc/passwd", nil) == ["cat", "/etc/passwd"])
    #expect(arguments("cat /etc/passwd", "") == ["cat", "/etc/passwd"])
    #expect(arguments("cat /etc/passwd", "dog\0/etc/passwd\0") == ["cat", "/etc/passwd"])
    #expect(arguments("cat /etc/passwd", "cat\0") == ["cat", "/etc/passwd"])
    #expect(arguments(String(repeating: "a", count: 79), nil).last == "…")
  }

  @Test func `a line without an end is cut, and says so`() {
    let found = arguments("yes y", "yes\0" + String(repeating: "y\0", count: 20_000))
    #expect(found.count < 10_000 && found.last == "…" && found.dropLast().allSatisfy { $0 == "yes" || $0 == "y" })
  }
}
