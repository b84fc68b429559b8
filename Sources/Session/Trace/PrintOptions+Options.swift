package import Answers
package import DSemantics

extension PrintOptions {
  /// What of D's options the printing obeys.
  package init(_ options: Options, target: UInt32?) {
    self.init(dialect: options.solaris ? .solaris : .linux, quiet: options.quiet)
    flowIndent = options.flowIndent
    rawBytes = options.rawBytes
    printSize = options.printSize
    stackIndent = options.stackIndent
    resolvesUserCode = options.resolvesUserCode
    histogram = options.histogram
    packed = options.packed
    zoomed = options.zoomed
    encoding = options.encoding.flatMap { Encoding(rawValue: $0.rawValue) }
    sortByKey = options.sortByKey
    sortKeyPosition = options.sortKeyPosition
    sortPosition = options.sortPosition
    sortReversed = options.sortReversed
    self.target = target ?? 0
  }
}
