/// Elements by time, the earliest first; of equal times the one that came first. What comes in order, as nearly all does, goes through a queue and
/// costs no comparison with others; what does not goes through a heap.
///
/// An element lies in its place from `push` to `free`, and is looked at there: events are some hundred bytes with references in them, and each copy
/// of one costs as much as the order does.
struct TimeHeap<Element: Sendable>: Sendable {
  /// An element's time and place.
  struct Key: Sendable, BitwiseCopyable {
    var time: Int64
    fileprivate var order: UInt64
    var slot: Int

    fileprivate static func < (a: Key, b: Key) -> Bool { a.time != b.time ? a.time < b.time : a.order < b.order }
  }

  /// What came in order, and what came when a later one was there.
  private var line = Queue<Key>()
  private var heap: [Key] = []
  /// The latest time in `line`, or that was there last.
  private var lineEnd = Int64.min
  private var elements: [Element] = []
  private var free: [Int] = []
  private var pushed: UInt64 = 0
  private let blank: Element

  /// `blank` is what lies in a place that is free.
  init(blank: Element) { self.blank = blank }

  /// Those that have not been taken.
  var count: Int { line.count + heap.count }
  var firstTime: Int64? { first?.time }

  /// The earliest one's.
  var first: Key? {
    guard let head = line.first else { return heap.first }
    guard let top = heap.first else { return head }
    return top < head ? top : head
  }

  subscript(slot: Int) -> Element {
    _read { yield elements[slot] }
  }

  /// Those that have not been taken, in no order.
  func forEach(_ body: (borrowing Element) -> Void) {
    line.forEach { body(elements[$0.slot]) }
    for key in heap { body(elements[key.slot]) }
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
    let key = Key(time: time, order: pushed, slot: slot)
    pushed &+= 1
    if line.isEmpty || time >= lineEnd {
      lineEnd = time
      line.append(key)
    } else {
      heap.append(key)
      rise()
    }
  }

  /// Takes the earliest one out of the order. It lies in its place until that is freed.
  mutating func popFirst() -> Key? {
    guard let head = line.first else { return popTop() }
    if let top = heap.first, top < head { return popTop() }
    return line.popFirst()
  }

  /// Forgets an element that was taken.
  mutating func free(_ slot: Int) {
    elements[slot] = blank
    free.append(slot)
  }

  private mutating func popTop() -> Key? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      sink()
    }
    return first
  }

  private mutating func rise() {
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child] < heap[parent] else { break }
      heap.swapAt(child, parent)
      child = parent
    }
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
