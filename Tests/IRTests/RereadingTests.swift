import IR
import Support
import Testing

@Suite struct RereadingTests {
  private let variables = [
    Variable(name: "n", scope: .global, storage: .integer(.double, signed: true)),
    Variable(name: "own", scope: .clause, storage: .integer(.double, signed: true)),
  ]
  private let read = Step.loadText(TextRegister(0), address: Register(0), limit: nil, .user)

  private func rereadable(_ blocks: [Block]) -> Set<Int> {
    Clause(number: 0, probes: [0], texts: [8], registers: 1, blocks: blocks).rereadable(among: variables)
  }

  @Test func `a read of the process's memory may be repeated while nothing has changed that outlives the firing`() {
    let own = Step.storeVariable(1, .integer(Register(0)))
    let kept = Step.storeVariable(0, .integer(Register(0)))
    #expect(rereadable([Block(steps: [read, own, read, kept, read])]) == [0, 2])
  }

  @Test func `what changed on one way into a block counts for the block`() {
    let change = Step.aggregate(0, key: [], value: nil, increment: nil)
    let blocks = [
      Block(steps: [read], end: .branch(Register(0), then: 1, otherwise: 2)),
      Block(steps: [change, read], end: .jump(3)),
      Block(steps: [read], end: .jump(3)),
      Block(steps: [read]),
    ]
    #expect(rereadable(blocks) == [0, 3])
  }

  @Test(arguments: [Space.kernel, .kernelOrZero, .userOrEmpty, .typed])
  func `other memory does not come with a touch of its page, or does not fault`(space: Space) {
    #expect(rereadable([Block(steps: [.loadText(TextRegister(0), address: Register(0), limit: nil, space)])]).isEmpty)
  }
}
