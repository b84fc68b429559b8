package import IR

/// A provider: which probes exist, what they carry, and where they would be attached. A value; nothing is attached by it.
package struct Provider: Sendable {
  package var name: String
  package var probes: [Probe]
  /// Makes a probe that is not listed from its name (`tick-3s`), for providers that have any number of them.
  package var make: (@Sendable (String) -> Probe?)?
  /// The probes, where to list them costs too much to do it for a run that does not name the provider; `probes` is empty then.
  package var list: (@Sendable () -> [Probe])?

  package init(
    name: String, probes: [Probe], make: (@Sendable (String) -> Probe?)? = nil, list: (@Sendable () -> [Probe])? = nil
  ) {
    self.name = name
    self.probes = probes
    self.make = make
    self.list = list
  }
}

/// Probes of providers that are named for a process, `pid123`: made for a description when it asks for them.
package struct ProcessProbes: Sendable {
  package struct Made: Sendable {
    package var provider: String
    package var probe: Probe
    package init(provider: String, probe: Probe) {
      self.provider = provider
      self.probe = probe
    }
  }
  /// Why a description asks for what cannot be, by DTrace's tag.
  package struct Problem: Error, Sendable, Hashable {
    package var tag: String
    package var text: String
    package init(tag: String, text: String) {
      self.tag = tag
      self.text = text
    }
  }
  package var make:
    @Sendable (_ provider: String, _ module: String, _ function: String, _ name: String) throws(Problem) -> [Made]
  package init(
    make:
      @escaping @Sendable (_ provider: String, _ module: String, _ function: String, _ name: String) throws(Problem) ->
      [Made]
  ) {
    self.make = make
  }
}

/// One probe by its three other names.
package struct Probe: Sendable {
  package var module: String
  package var function: String
  package var name: String
  package var site: Site
  /// `arg0`… in order: how each is had at the site.
  package var arguments: [Argument]
  /// The probe fires only where this is not zero.
  package var condition: Recipe?
  /// The arguments, where to find them costs too much to do it for a probe that nobody asks for; `arguments` is empty then.
  package var find: (@Sendable () -> [Argument])?
  /// The types of `args[0]`… where they are not those of `arguments`; pointers among them lead to the process's memory.
  package var processTypes: (@Sendable () -> [String])?
  /// Other places where the same probe fires, with arguments of the same types; their names do not count.
  package var twins: [Probe]

  package init(
    module: String = "", function: String = "", name: String, site: Site, arguments: [Argument] = [],
    condition: Recipe? = nil, find: (@Sendable () -> [Argument])? = nil,
    processTypes: (@Sendable () -> [String])? = nil,
    twins: [Probe] = []
  ) {
    self.module = module
    self.function = function
    self.name = name
    self.site = site
    self.arguments = arguments
    self.condition = condition
    self.find = find
    self.processTypes = processTypes
    self.twins = twins
  }
}

/// Where a probe fires.
package enum Site: Sendable, Hashable {
  case begin, end, error
  /// A kernel tracepoint; context words are its arguments.
  case tracepoint(String)
  /// The entry or the return of a system call, by number.
  case syscall(number: Int, entry: Bool)
  case profile(period: UInt64)
  case tick(period: UInt64)
  /// Each so many of what the kernel counts on a CPU.
  case counter(Counter)
  /// A kernel iterator, read when the run begins.
  case iterator(String)
  /// A place in the code of processes, or the return of the function that begins there.
  case userCode(UserPlace, isReturn: Bool)
  /// A trace event, by the names that tracefs has for it; its record is the context.
  case traceEvent(group: String, name: String)
  /// Kernel functions, which only a kernel that lets them be traced can tell of: the probe is listed, and refused.
  case functions(String)
  /// A captured frame that holds `layer` and goes in one of `directions`; decided in the host.
  case packet(layer: String, direction: String)
  /// An event of the host's side.
  case event(String)
}

/// An argument's name, its D type and how it is had.
package struct Argument: Sendable {
  package var name: String
  /// As D writes it: `uint64_t`, `string`, `pktinfo_t *`.
  package var type: String
  package var recipe: Recipe
  package init(_ name: String, _ type: String, _ recipe: Recipe) {
    self.name = name
    self.type = type
    self.recipe = recipe
  }
}

/// How a number is had at a site: a small tree over the hook's context, kernel structures (by BTF) and helpers.
package indirect enum Recipe: Sendable, Hashable {
  case constant(Int64)
  /// `ctx[word]`.
  case word(Int)
  case builtin(Builtin)
  /// The member at `path` (`__sk_common.skc_family`) of the kernel's `struct type` that the recipe points to.
  case member(Recipe, type: String, path: String)
  /// The address of that member.
  case address(Recipe, type: String, path: String)
  /// What lies in the kernel's memory at `address + offset`; zero where it cannot be read.
  case load(Recipe, offset: Int, Width, signed: Bool)
  /// The same of the running process's memory.
  case userLoad(Recipe, offset: Int, Width, signed: Bool)
  case binary(BinaryOperator, Recipe, Recipe)
  case compare(Comparison, Recipe, Recipe)
  /// The second when the first is not zero, else the third.
  case choose(Recipe, Recipe, Recipe)
  /// A value captured before: a packet's field or a feeder's.
  case fed(slot: Int)
  /// The argument that a translator is applied to.
  case translated
  /// A text that the engine knows, or that was captured before.
  case text(TextBuiltin)
  case textFed(slot: Int)
  /// The NUL-bounded text in the kernel's memory there.
  case kernelText(Recipe)
  /// The NUL-bounded text in the running process's memory there; empty where it cannot be read.
  case userText(Recipe)
  /// An address of `family` as text, from its two words as they lie in memory; empty for families without one.
  case addressText(family: Recipe, high: Recipe, low: Recipe)
  /// The kernel's cookie of the socket at an address that the verifier trusts (a tracepoint's own argument).
  case socketCookie(Recipe)
}
