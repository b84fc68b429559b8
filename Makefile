# What a person does here. On a fresh machine with Swift 6.2 and apt, `make demo` and `make test` do all the set-up:
# they install the Debian packages that are missing when they may, and otherwise name them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

# To build; to play the scene; to judge it from outside and to compare with.
BUILD_PACKAGES := pkg-config libbpf-dev libpcap-dev
LAB_PACKAGES := iproute2
TEST_PACKAGES := tcpdump tshark strace bpftrace curl netcat-openbsd iputils-ping

FORMAT := --configuration .ci/format.json -r Sources Tests Package.swift

.PHONY: help build demo test bench format lint packages swift build-packages clean

help:
	@echo "make build   the program: .build/release/culprit"
	@echo "make demo    two network namespaces, a sniffer in one of them, and the case against it"
	@echo "make test    every test; as root also the live ones, which are counted"
	@echo "make bench   the figures of docs/benchmarks.md, beside their peers'"
	@echo "make format  lays the code out;  make lint  says what is not as it should be"

swift:
	@.ci/swift

build-packages: swift
	@.ci/packages $(BUILD_PACKAGES) -- $(LAB_PACKAGES)

packages: swift
	@.ci/packages $(BUILD_PACKAGES) -- $(LAB_PACKAGES) $(TEST_PACKAGES)

build: build-packages
	swift build -c release --product culprit

# All of the release build, suspects included.
demo: build-packages
	swift build -c release
	Tests/Lab/demo.sh

# The live tests' number stands at the end, where nobody overlooks it.
test: packages
	swift build --build-tests
	swift test --skip-build --disable-xctest 2>&1 | tee .build/tests.log
	@grep -o 'live tests: .*' .build/tests.log | tail -n 1 || echo 'live tests: none'

bench: packages
	swift build -c release
	swift run -c release --skip-build Benchmarks

format:
	swift format -i $(FORMAT)

lint:
	swift format lint --strict $(FORMAT)
	sh .ci/arrows
	sh .ci/unsafe

clean:
	rm -rf .build
