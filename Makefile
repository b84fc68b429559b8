# What a person does here. On a fresh machine with Swift 6.2 and apt, `make demo` and `make test` do all the set-up:
# they install the Debian packages that are missing when they may, and otherwise name them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

# To build and run; to play the scene; to judge it from outside and to compare with.
BUILD_PACKAGES := pkg-config libbpf-dev libpcap-dev libsqlite3-dev cpp
LAB_PACKAGES := iproute2
TEST_PACKAGES := tcpdump tshark nftables strace bpftrace curl netcat-openbsd iputils-ping python3 python3-jsonschema

# The program brings Swift's libraries with it: it runs where they are not installed, and starts 3 ms sooner than with nine shared ones.
RELEASE := -c release --static-swift-stdlib

FORMAT := --configuration .ci/format.json -r Sources Tests Package.swift

COUNT ?= 1000000000
SEED ?= 1

.PHONY: help build demo test bench bench-attribution fuzz-engines fuzz-front-end fuzz-recordings format lint packages swift build-packages clean

help:
	@echo "make build   the program: .build/release/culprit"
	@echo "make demo    two network namespaces, a sniffer in one of them, and the case against it"
	@echo "make test    every test; as root also the live ones, which are counted"
	@echo "make bench   the figures of docs/benchmarks.md, beside their peers' (FIGURES='start calls lines errors flows dissection engine', and 'minute', 'record', 'rules')"
	@echo "make bench-attribution   whose packet it is, in the hard cases (CASES='1 5 udp')"
	@echo "make fuzz-engines    random D programs in both engines until Ctrl-C, or COUNT=… of them, from SEED=… on"
	@echo "make fuzz-front-end  the same with wrong and odd D texts through the compiler"
	@echo "make fuzz-recordings the same with damaged captures through everything that reads them"
	@echo "make format  lays the code out;  make lint  says what is not as it should be"

swift:
	@.ci/swift

build-packages: swift
	@.ci/packages $(BUILD_PACKAGES) -- $(LAB_PACKAGES)

packages: swift
	@.ci/packages $(BUILD_PACKAGES) -- $(LAB_PACKAGES) $(TEST_PACKAGES)

build: build-packages
	swift build $(RELEASE) --product culprit

demo: build
	for suspect in srg collector transmitter; do swift build $(RELEASE) --product $$suspect; done
	Tests/Lab/demo.sh

# What failed and the live tests' number stand at the end, where nobody overlooks them.
test: packages
	swift build --build-tests
	@swift test --skip-build --disable-xctest 2>&1 | tee .build/tests.log || { \
	  printf '\nwhat failed:\n'; grep -a -A 4 'recorded an issue' .build/tests.log | cut -c 1-600 | head -n 120; \
	  grep -o 'live tests: .*' .build/tests.log | tail -n 1; exit 1; }
	@grep -o 'live tests: .*' .build/tests.log | tail -n 1 || echo 'live tests: none'

bench: packages
	@.ci/packages -- valgrind binutils softflowd nfdump argus-server libndpi-bin
	for program in culprit Benchmarks; do swift build $(RELEASE) --product $$program; done
	.build/release/Benchmarks $(FIGURES)

# Ctrl-C is for the script, which removes what it made.
bench-attribution: packages
	@.ci/packages -- nftables nethogs python3
	for program in culprit control; do swift build $(RELEASE) --product $$program; done
	exec python3 Tests/Lab/attribution/bench.py .build/release $(CASES)

# Ctrl-C is for the fuzzer, which then says what it has; make must outlive it.
fuzz-engines: packages
	swift build -c release --product Fuzz
	trap '' INT; .build/release/Fuzz engines $(COUNT) $(SEED)

fuzz-front-end: packages
	swift build -c release --product Fuzz
	trap '' INT; .build/release/Fuzz front-end $(COUNT) $(SEED)

fuzz-recordings: packages
	swift build -c release --product Fuzz
	trap '' INT; .build/release/Fuzz recordings $(COUNT) $(SEED)

format:
	swift format -i $(FORMAT)

lint:
	swift format lint --strict $(FORMAT)
	sh .ci/arrows
	sh .ci/unsafe

clean:
	rm -rf .build
