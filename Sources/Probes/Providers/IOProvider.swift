import IR

/// Requests to block devices (DTrace guide, "io Provider").
///
///     start                block_bio_queue(bio)
///     done                 block_bio_complete(queue, bio)
///     wait-start           a thread waits for what it asked for: submit_bio_wait(), which only function tracing sees
///     wait-done
///
/// args[0] and args[1] are the request; a block's file (args[2]) is not known to the block layer.
package let ioProvider = Provider(
  name: "io",
  probes: [
    Probe(module: "vmlinux", name: "start", site: .tracepoint("block_bio_queue"), arguments: request(.word(0))),
    Probe(module: "vmlinux", name: "done", site: .tracepoint("block_bio_complete"), arguments: request(.word(1))),
    Probe(
      module: "vmlinux", name: "wait-start", site: .functions("submit_bio_wait"), arguments: request(.constant(0))),
    Probe(
      module: "vmlinux", name: "wait-done", site: .functions("submit_bio_wait"), arguments: request(.constant(0))),
  ])

private func request(_ bio: Recipe) -> [Argument] {
  [
    Argument("buffer", "bio_bufinfo_t *", bio), Argument("device", "bio_devinfo_t *", bio),
    Argument("file", "fileinfo_t *", .constant(0)),
  ]
}

package let ioTranslators = [
  Translator(name: "bio_bufinfo_t", output: "bufinfo_t", input: "struct bio *", members: []),
  Translator(name: "bio_devinfo_t", output: "devinfo_t", input: "struct bio *", members: []),
  Translator(name: "fileinfo_t", input: "struct file *", members: []),
]
