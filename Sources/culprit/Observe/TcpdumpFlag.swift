import ArgumentParser

/// What people type after tcpdump's name by habit and a recording has no use for.
enum TcpdumpFlag: String, EnumerableFlag {
  case numeric = "n"
  case quiet = "q"
  case verbose = "v"
  case linkHeader = "e"
  case time = "t"
  case hexadecimal = "x"
  case hexadecimalAndText = "X"
  case text = "A"
  case unbuffered = "U"
  case lineBuffered = "l"
  case listInterfaces = "D"
  case read = "r"
  case bufferSize = "B"
  case filterFile = "F"
  case user = "Z"
  case linkType = "y"
  case listLinkTypes = "L"

  static func name(for value: TcpdumpFlag) -> NameSpecification { .customShort(Character(value.rawValue)) }
  static func help(for value: TcpdumpFlag) -> ArgumentHelp? { .hidden }

  /// What is meant, and what says it here.
  var advice: String {
    switch self {
    case .numeric, .quiet, .verbose, .linkHeader, .time, .hexadecimal, .hexadecimalAndText, .text:
      "nothing is printed while recording; 'culprit packets -r FILE' prints"
    case .read: "a recording is made, not read; 'culprit packets -r FILE' reads one"
    case .unbuffered, .lineBuffered: "what is recorded is in the file within a second, without an option"
    case .listInterfaces: "'ip link' lists interfaces; --interface (-i) names one"
    case .bufferSize: "the capture's buffer has one size; what it loses is counted in the end"
    case .filterFile: "the filter stands on the command line, behind the options"
    case .user: "the file belongs to whoever records"
    case .linkType, .listLinkTypes: "the link type is the interface's"
    }
  }
}
