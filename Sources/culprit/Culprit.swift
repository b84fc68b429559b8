/// The program.
@main struct Culprit {
  static func main() {}
}
