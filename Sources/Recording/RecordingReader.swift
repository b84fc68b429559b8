package import Events
package import Files

/// A capture file, record by record in the order of the file: pcap (microseconds, nanoseconds and the "modified" form,
/// either byte order), pcapng, and either of them compressed with gzip; from a file or a pipe.
///
///     var reader = try RecordingReader(path: "trace.pcapng")
///     while let item = try reader.next() {
///       if case .packet(let info) = item { use(info, reader.bytes, reader.owner) }
///     }
///
/// Nothing is allocated for a packet. After an error `next()` goes on in the next file, and answers nil when there is none; after an
/// interrupted read (EINTR) it goes on where it was.
package struct RecordingReader: ~Copyable {
  /// All but packets are boxed: an item is copied on its way out, and nearly all of them are packets.
  package enum Item: Sendable {
    /// A packet; its bytes, owner and identity are the reader's `bytes`, `owner` and `packetID` until the next call.
    case packet(FrameInfo)
    /// Something that happened beside the packets.
    indirect case event(Event)
    /// What the recording says of a process, from here on.
    indirect case process(ProcessRecord)
    /// An interface was described: its index in `interfaces`.
    case interface(Int)
    indirect case statistics(InterfaceStatistics)
  }

  enum Format {
    case pcap(PcapFormat)
    case pcapng(PcapngSection)
  }

  /// The interfaces described so far; of a pcap file one, without a name.
  package internal(set) var interfaces: [RecordedInterface] = []
  /// How each of them counts time.
  var resolutions: [Resolution] = []
  /// The processes described so far.
  package internal(set) var processes: [ProcessID: ProcessRecord] = [:]
  /// The process blocks of Darwin's that the section has had, by their numbers.
  var darwinProcesses: [ProcessRecord] = []
  /// Whether the current packet has a PKTAP header.
  var isPKTAP = false
  /// Whether the packet that was answered last may have an owner.
  package internal(set) var mayHaveOwner = false
  /// Packets delivered so far.
  package internal(set) var packetCount = 0
  /// Records whose frame was sound and whose content was not, so that they were left out: options, events, processes.
  package internal(set) var damagedRecords = 0

  var input: InputBuffer
  var format: Format
  /// Bytes of the current record, consumed by the next call.
  var recordLength = 0
  /// The current packet in the record, and its options.
  var packetRange = 0..<0
  var optionRange = 0..<0
  /// Events of the current block that have not been handed out.
  var waiting: EventDecoder?
  /// The index of the current file's first interface.
  var firstInterface = 0
  /// Which interfaces of the current file are those of the files before it.
  private var sameInterfaces = SameInterfaces()
  /// Whether an event was read that no earlier file had told.
  var hasBegun = false
  var finished = false
  /// Files that are read when this one ends.
  private var further: ArraySlice<String> = []
  /// This one cannot be read on.
  private var isBroken = false
  private var isOneOfSeveral = false
  /// What was wrong with files before the first that could be begun.
  private var unreadable: ArraySlice<(path: String, error: CaptureFileError)> = []
  /// The file that the last error is about.
  package private(set) var brokenPath = ""

  /// `-` reads standard input.
  package init(path: String) throws(CaptureFileError) {
    try self.init(InputBuffer(Self.open(path)))
  }

  /// Several files as one, in this order: the files of a recording that was rotated, or any others. Fails when none of them can be
  /// begun; what is wrong with one of them is otherwise an error of `next`.
  package init(paths: [String]) throws(CaptureFileError) {
    var unreadable: [(path: String, error: CaptureFileError)] = []
    var rest = paths.isEmpty ? ["-"] : paths[...]
    while let path = rest.popFirst() {
      do throws(CaptureFileError) {
        try self.init(path: path)
        further = rest
        isOneOfSeveral = paths.count > 1
        self.unreadable = unreadable[...]
        return
      } catch {
        unreadable.append((path, error))
      }
    }
    throw unreadable[0].error
  }

  private static func open(_ path: String) throws(CaptureFileError) -> FileStream {
    do throws(FileError) { return try .reading(path) } catch { throw .system(error) }
  }

  package init(_ file: consuming FileStream) throws(CaptureFileError) {
    try self.init(InputBuffer(file))
  }

  private init(_ start: consuming InputBuffer) throws(CaptureFileError) {
    var input = start
    let format = try Self.recognize(&input)
    self.input = input
    self.format = format
  }

  /// Whether the file can be read on as it was.
  var canHand: Bool { unreadable.isEmpty && !finished && !isBroken && !isOneOfSeveral }

  /// The next record; nil at the end of the last file.
  package mutating func next() throws(CaptureFileError) -> Item? {
    if !unreadable.isEmpty, let (path, error) = unreadable.popFirst() {
      brokenPath = path
      throw error
    }
    if finished { return nil }
    if waiting != nil, let event = nextEvent() { return .event(event) }
    input.consume(recordLength)
    recordLength = 0
    packetRange = 0..<0
    optionRange = 0..<0
    isPKTAP = false
    var path = input.path
    do throws(CaptureFileError) {
      var item = isBroken ? nil : try nextOfFile()
      while item == nil, let next = further.first {
        path = next
        try goOn(in: next)
        item = try nextOfFile()
      }
      finished = item == nil
      mayHaveOwner = !optionRange.isEmpty || isPKTAP
      return item
    } catch {
      if case .system(let cause) = error, cause.isInterruption { throw error }
      brokenPath = path
      isBroken = true
      finished = further.isEmpty
      throw error
    }
  }

  private mutating func nextOfFile() throws(CaptureFileError) -> Item? {
    let item =
      switch format {
      case .pcap(let format): try nextPcap(format)
      case .pcapng(let section): try nextPcapng(section)
      }
    guard case .packet(var info)? = item, info.linkType.isPKTAP || isOneOfSeveral else { return item }
    if info.linkType.isPKTAP {
      isPKTAP = true
      if info.direction == .unknown { info.direction = pktapDirection }
    }
    if isOneOfSeveral { sameInterfaces.find(&info, interfaces, first: firstInterface) }
    return .packet(info)
  }

  /// Begins another file, whose interfaces come after those that there are.
  private mutating func goOn(in path: String) throws(CaptureFileError) {
    do throws(CaptureFileError) {
      var begun = try InputBuffer(Self.open(path))
      format = try Self.recognize(&begun)
      input = begun
    } catch {
      if case .system(let cause) = error, cause.isInterruption { throw error }
      further.removeFirst()
      throw error
    }
    further.removeFirst()
    isBroken = false
    recordLength = 0
    firstInterface = interfaces.count
    sameInterfaces.beginFile()
  }

  /// The captured bytes of the packet that `next()` answered last; none when it was no packet.
  package var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      RawSpan(_elements: input.bytes.span).extracting(
        input.start &+ packetRange.lowerBound..<input.start &+ packetRange.upperBound)
    }
  }

  /// The current record, header first.
  var record: RawSpan {
    @_lifetime(borrow self)
    get { RawSpan(_elements: input.bytes.span).extracting(input.start..<input.end) }
  }

  /// The byte of the file at which the current record begins.
  package var offset: Int64 { input.offset }
}
