/// First in, first out; taking costs no more than adding, on the average.
package struct Queue<Element: Sendable>: Sendable {
  private var elements: [Element?] = []
  private var head = 0

  package init() {}

  package var isEmpty: Bool { head == elements.count }
  package var count: Int { elements.count - head }
  package var first: Element? { head < elements.count ? elements[head] : nil }

  func forEach(_ body: (borrowing Element) -> Void) {
    for index in head..<elements.count { if let element = elements[index] { body(element) } }
  }

  package mutating func append(_ element: Element) { elements.append(element) }

  package mutating func popFirst() -> Element? {
    guard head < elements.count else { return nil }
    let element = elements[head]
    elements[head] = nil
    head += 1
    if head == elements.count {
      elements.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 64, head * 2 >= elements.count {
      elements.removeFirst(head)
      head = 0
    }
    return element
  }
}
