/// Elements by time, the earliest first; of equal times the one that came first. Nearly sorted input costs little.
struct TimeHeap<Element: Sendable>: Sendable {
  private struct Key: Sendable, BitwiseCopyable {
    var time: Int64
    var order: UInt64
    var slot: Int

    static func < (a: Key, b: Key) -> Bool { a.time != b.time ? a.time < b.time : a.order < b.order }
  }

  private var heap: [Key] = []
  private var elements: [Element?] = []
  private var free: [Int] = []
  private var pushed: UInt64 = 0

  var count: Int { heap.count }
  var firstTime: Int64? { heap.first?.time }

  var first: Element? { heap.first.flatMap { elements[$0.slot] } }

  /// In no order.
  func forEach(_ body: (borrowing Element) -> Void) {
    for key in heap { if let element = elements[key.slot] { body(element) } }
  }

  mutating func push(_ element: Element, at time: Int64) {
    let slot: Int
    if let last = free.popLast() {
      slot = last
      elements[slot] = element
    } else {
      slot = elements.count
      elements.append(element)
    }
    heap.append(Key(time: time, order: pushed, slot: slot))
    pushed &+= 1
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child] < heap[parent] else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func popFirst() -> Element? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      sink()
    }
    free.append(first.slot)
    return elements[first.slot].take()
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var least = parent
      let left = 2 * parent + 1
      if left < heap.count, heap[left] < heap[least] { least = left }
      if left + 1 < heap.count, heap[left + 1] < heap[least] { least = left + 1 }
      if least == parent { return }
      heap.swapAt(least, parent)
      parent = least
    }
  }
}
