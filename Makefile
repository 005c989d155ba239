# SPDX-License-Identifier: GPL-2.0-only
# Makefile - builds, tests and installs vmascope; `make help` lists what it can do.

VERSION := 0.1.0
# Of the manual pages.
VERSION_DATE := 2026-11-30

PREFIX ?= /usr/local
DESTDIR ?=
V ?= 0

ifeq ($(origin CC),default)
CC := gcc
endif
CLANG ?= clang
BPFTOOL ?= bpftool
PKG_CONFIG ?= pkg-config
CFLAGS ?= -O2 -g
LDFLAGS ?=
ARCH ?= $(or $(ARCH_$(shell uname -m)),$(shell uname -m))
ARCH_x86_64 := x86
ARCH_aarch64 := arm64
ARCH_riscv64 := riscv
ARCH_ppc64le := powerpc
ARCH_s390x := s390

# Debian keeps bpftool in /usr/sbin, which is not in a user's PATH.
# The tests' redis-server is the last choice.
export PATH := $(PATH):/usr/sbin:/sbin:$(CURDIR)/build/tests/bin

# --- Packages (Debian names) -----------------------------------------------------------------

BUILD_DEPS := gcc libc6-dev clang llvm bpftool pkg-config jq libbpf-dev libelf-dev libdw-dev \
	zlib1g-dev libzstd-dev libjson-c-dev libcap-dev libprotobuf-c-dev protobuf-c-compiler \
	libncurses-dev libmicrohttpd-dev libgnutls28-dev libseccomp-dev libunistring-dev
# npm comes with node where that is not Debian's, and conflicts with Debian's.
BUILD_DEPS += $(if $(shell command -v npm 2>/dev/null),,npm)
# To make a package and to test it.
PACKAGE_DEPS := debhelper dpkg-dev lintian debootstrap debian-archive-keyring fakeroot file g++ git jq xz-utils
TEST_DEPS := libcmocka-dev protobuf-compiler libclang-rt-dev clang-format shellcheck redis-tools \
	linux-perf gdb binutils curl tmux xz-utils chromium iproute2 cpio systemd sudo \
	man-db mandoc groff-base zsh fish
DEMO_DEPS := redis-tools
BENCH_DEPS := bpftrace linux-perf jq
SOAK_DEPS := stress-ng
# For guests and for arm64 (tests/vm), on x86-64.
VM_DEPS := qemu-system-x86 busybox-static cpio e2fsprogs kmod lz4 xz-utils zstd jq \
	debian-archive-keyring
ARM64_DEPS := gcc-aarch64-linux-gnu libc6-dev-arm64-cross binutils qemu-system-arm
LINT_DEPS := clang-tidy
DEPS ?= $(sort $(BUILD_DEPS) $(PACKAGE_DEPS) $(TEST_DEPS) $(DEMO_DEPS) $(LINT_DEPS))
CHECK_DEPS := $(sort $(filter-out $(LINT_DEPS),$(DEPS)) $(if $(filter x86,$(ARCH)),$(VM_DEPS)))
GUEST_DEPS := $(sort $(CHECK_DEPS) $(if $(filter x86,$(ARCH)),$(ARM64_DEPS)))

# What `deps` downloads that is no package; kept in .cache (see tests/deps).
DOWNLOADS ?= $(if $(filter $(NPM_PAGE)/%,$(UPLOT)),$(NPM_PAGE)/.made)
CHECK_SETS := small
CHECK_KERNELS = $(shell awk -v sets=" $(CHECK_SETS) " \
	'$$1 !~ /^\#/ && $$4 && index(sets, " " $$4 " ") { print $$1 }' tests/vm/kernels)
CHECK_DOWNLOADS = $(DOWNLOADS) $(BUILD)/npm/tests/.made $(BUILD)/tests/bin/prometheus \
	package-root $(if $(filter x86,$(ARCH)),guest-kernels)
SOAK_MINUTES ?= 60

# --- Flags -----------------------------------------------------------------------------------

BUILD := build
# What is built for the host goes to O; what is built for the kernel is the same either way.
ifeq ($(SANITIZE),1)
O := $(BUILD)/asan
SANITIZE_FLAGS := -fsanitize=address,undefined -fno-omit-frame-pointer \
	-fno-sanitize-recover=undefined
else
O := $(BUILD)
endif

LIBS := libbpf libdw libelf zlib libzstd json-c libcap libprotobuf-c ncursesw libmicrohttpd gnutls libseccomp
LIBS_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(LIBS) 2>/dev/null)
LIBS_LINK := $(or $(shell $(PKG_CONFIG) --libs $(LIBS) 2>/dev/null),-lbpf -ldw -lelf -lz -lzstd \
	-ljson-c -lcap -lprotobuf-c -lncursesw -ltinfo -lmicrohttpd -lgnutls -lseccomp) -lunistring -lm -pthread
BPF_INCLUDE := $(shell $(PKG_CONFIG) --cflags-only-I libbpf 2>/dev/null)

WARNINGS := -Wall -Wextra -Werror
HOST_FLAGS := -std=gnu11 $(CFLAGS) $(WARNINGS) -Wmissing-prototypes -Wstrict-prototypes -Wshadow \
	-Wformat-security -D_GNU_SOURCE -MMD -MP
# It runs as root beside what nobody trusts. The sanitizers have checks of their own.
ifneq ($(SANITIZE),1)
HARDEN_FLAGS := -fPIE -fstack-protector-strong -fstack-clash-protection
HARDEN_FLAGS += $(if $(filter -O1 -O2 -O3 -Os -Og,$(CFLAGS)),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
HARDEN_LINK := -pie -Wl,-z,relro,-z,now,-z,noexecstack
endif
USER_FLAGS := $(HOST_FLAGS) $(HARDEN_FLAGS) $(SANITIZE_FLAGS) -Iuser -Ibpf -I$(BUILD) $(LIBS_CFLAGS)
UNIT_FLAGS := $(USER_FLAGS) -Itests/lib
# __SANITIZE_ADDRESS__ is gcc's: limits that ASan itself would exceed are left out.
FUZZ_FLAGS := $(HOST_FLAGS) -Wno-missing-field-initializers -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined \
	-U__SANITIZE_ADDRESS__ -D__SANITIZE_ADDRESS__=1 \
	-Iuser -Ibpf -I$(BUILD) $(LIBS_CFLAGS)
# Workloads count their own faults, so no sanitizer; the e2e drivers only start the binary.
TEST_FLAGS := $(HOST_FLAGS) -pthread -Itests/lib -Ibpf $(LIBS_CFLAGS)
# BPF_PROG() makes a parameter, ctx, that few programs use.
BPF_FLAGS := -g -O2 -mcpu=v3 -target bpf -D__TARGET_ARCH_$(ARCH) $(WARNINGS) \
	-Wno-unused-parameter -MMD -MP \
	-Ivmlinux -Ibpf $(BPF_INCLUDE) -idirafter /usr/include/$(shell $(CC) -print-multiarch 2>/dev/null)
# Hooks that only x86 has leave what they are made of unused elsewhere.
BPF_FLAGS += $(if $(filter-out x86,$(ARCH)),-Wno-unused-function)
USER_LINK := $(LDFLAGS) $(HARDEN_LINK) $(SANITIZE_FLAGS)

# The commit: of the git clone, or of the source tarball, which has it and its date in a file (deploy/dist).
COMMIT := $(if $(wildcard COMMIT),$(shell cut -c 1-12 COMMIT),$(shell \
	git describe --always --dirty --abbrev=12 --exclude '*' 2>/dev/null))
COMMIT_DATE = $(if $(wildcard COMMIT),$(shell cut -d ' ' -f 2 COMMIT),$(shell git log -1 --format=%ct 2>/dev/null))
FULL_VERSION := $(VERSION)$(if $(COMMIT),-g$(COMMIT))
VERSION_FLAG := -DVMASCOPE_VERSION=\"$(FULL_VERSION)\"

# --- Files -----------------------------------------------------------------------------------

# All BPF sources are one translation unit, as bpftool 7.1 cannot link two objects that refer to the same kernel function.
# The maps come first, as their definitions. System calls of 32 bits have numbers of the same names: an object of its own.
BPF_SRCS := bpf/maps.bpf.c $(filter-out bpf/maps.bpf.c,$(sort $(wildcard bpf/*.bpf.c)))
BPF_ALONE := bpf/compat_syscalls.bpf.c
USER_SRCS := $(sort $(wildcard user/*.c user/*/*.c user/*/*/*.c))
UNIT_SRCS := $(sort $(wildcard tests/unit/*_test.c))
E2E_SRCS := $(sort $(wildcard tests/e2e/*_test.c))
TESTLIB_SRCS := $(sort $(wildcard tests/lib/*.c))
FUZZ_SRCS := $(sort $(wildcard tests/fuzz/*_fuzz.c))
WORKLOAD_SRCS := $(sort $(wildcard tests/workload/*.c))
BENCH_SRCS := $(filter-out %.bpf.c,$(sort $(wildcard tests/bench/*.c)))

BPF_UNIT := $(BUILD)/bpf/unit.bpf.c
BPF_OBJS := $(BPF_UNIT:.c=.o) $(BPF_ALONE:%.c=$(BUILD)/%.o)
BPF_OBJ := $(BUILD)/vmascope.bpf.o
SKEL := $(BUILD)/vmascope.skel.h

# Made of a .proto by protoc-c.
PROTO := $(BUILD)/perfetto.pb-c.c $(BUILD)/profile.pb-c.c

# The page's files, as C. Its charts are uPlot: of the source tarball, or else from npm; UPLOT=DIR takes an unpacked one.
WEB := $(sort $(wildcard $(addprefix dashboards/web/,*.html *.svg js/*.js css/*.css)))
NPM_PAGE := $(BUILD)/npm/page
UPLOT ?= $(or $(wildcard uplot),$(NPM_PAGE)/node_modules/uplot)
UPLOT_FILES := $(addprefix $(UPLOT)/,dist/uPlot.esm.js dist/uPlot.min.css LICENSE)

# Manual pages and completions are made from the option table, which the program prints: where it runs.
OPTION_LIST := $(BUILD)/options.json
MAN_TEXTS := $(sort $(wildcard docs/man/*.man))
MAN_PAGES := $(patsubst docs/man/%.man,$(BUILD)/man/vmascope-%.1,$(filter-out %/vmascope.man,$(MAN_TEXTS))) \
	$(BUILD)/man/vmascope.1
COMPLETIONS := $(addprefix $(BUILD)/completions/,vmascope _vmascope vmascope.fish)
MANUALS := $(if $(and $(filter $(O),$(BUILD)),$(filter $(ARCH),$(ARCH_$(shell uname -m)))),$(MAN_PAGES) $(COMPLETIONS))

# Objects of sources that are made.
MADE_OBJS := user/perfetto.pb-c.o user/profile.pb-c.o web_assets.o

USER_OBJS := $(USER_SRCS:%.c=$(O)/%.o) $(MADE_OBJS:%=$(O)/%)
USER_LIB := $(O)/vmascope.a
# Only these are compiled again when the version changes.
VERSION_OBJS := $(patsubst %.c,$(O)/%.o,$(if $(USER_SRCS),$(shell grep -l VMASCOPE_VERSION $(USER_SRCS))))

# One static binary: the same objects, but for those that differ in it.
STATIC := $(BUILD)/static
STATIC_SRCS := $(if $(USER_SRCS),$(shell grep -lE 'VMASCOPE_STATIC|LIBRARY_STATIC' $(USER_SRCS)))
STATIC_OBJS := $(STATIC_SRCS:%.c=$(STATIC)/%.o)
SBOMS := $(BUILD)/vmascope.spdx.json $(STATIC)/vmascope.spdx.json
# For this machine only.
PACKAGE_TESTED := $(if $(SANITIZE),,$(if $(filter $(ARCH),$(ARCH_$(shell uname -m))),$(STATIC)/vmascope $(STATIC)/storm $(SBOMS)))

UNIT_OBJS := $(UNIT_SRCS:%.c=$(O)/%.o)
UNIT_BINS := $(UNIT_SRCS:%.c=$(O)/%)
E2E_BINS := $(E2E_SRCS:%.c=$(BUILD)/%)
# Fails in many ways, for the self-test of tests/run.
FAULT_BIN := $(BUILD)/tests/selftest/fault
WORKLOAD_BINS := $(WORKLOAD_SRCS:%.c=$(BUILD)/%)
BENCH_BINS := $(BENCH_SRCS:%.c=$(BUILD)/%)
BENCH_BPF := $(BUILD)/tests/bench/empty.bpf.o
# One program in many builds: -O level, with frame pointers or without, and stripped.
CALLCHAIN := $(BUILD)/tests/workload/callchain
CALLCHAIN_BUILDS := $(foreach o,O0 O1 O2 O3,$(CALLCHAIN)/$o-fp $(CALLCHAIN)/$o-nofp)
CALLCHAIN_SPLITS := $(addprefix $(CALLCHAIN)/,bare debuglink buildid minidebug compressed)
CALLCHAIN_BINS := $(addsuffix /callchain,$(CALLCHAIN_BUILDS) $(CALLCHAIN_SPLITS))
TESTLIB_OBJS := $(TESTLIB_SRCS:%.c=$(BUILD)/%.o)
# The fuzzed code is built by clang, whose libFuzzer it needs: for this machine only.
FUZZ_O := $(BUILD)/fuzz
FUZZ_BINS := $(if $(filter $(ARCH),$(ARCH_$(shell uname -m))),$(FUZZ_SRCS:tests/fuzz/%.c=$(FUZZ_O)/%))
FUZZ_USER_OBJS := $(filter-out %/user/main.o,$(USER_SRCS:%.c=$(FUZZ_O)/%.o))
FUZZ_OBJS := $(FUZZ_USER_OBJS) $(FUZZ_SRCS:%.c=$(FUZZ_O)/%.o)
TEST_OBJS := $(TESTLIB_OBJS) $(E2E_BINS:=.o) $(FAULT_BIN).o $(WORKLOAD_BINS:=.o) $(BENCH_BINS:=.o)

ALL_OBJS := $(BPF_OBJS) $(USER_OBJS) $(UNIT_OBJS) $(TEST_OBJS) $(FUZZ_OBJS) $(BENCH_BPF) $(STATIC_OBJS)
FORMATTED = $(sort $(wildcard bpf/*.[ch] vmlinux/*.h user/*.[ch] user/*/*.[ch] user/*/*/*.[ch] tests/*/*.[ch] \
	tests/*/*/*.[ch]))

comma := ,

ifeq ($(V),0)
Q := @
say = @printf '  %-7s %s\n' $1 '$2'
endif

# `make -j8 check` keeps its 8 in sub-makes; a plain `make check` uses every CPU.
JOBS := $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))
SUBMAKE = $(MAKE) --no-print-directory $(JOBS)

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.PHONY: all man completions deps check-deps guest-kernels demo bench fuzz check soak selftest check-all check-unit check-e2e check-vm check-arm64 build-tests build-e2e lint tidy fmt \
	install uninstall clean dist deb static sbom package-root screens kernel-table vmlinux help tools FORCE

all: $(O)/vmascope $(MANUALS) $(if $(SANITIZE),,compile_commands.json) ## build build/vmascope (default)

man: $(MAN_PAGES) ## make the manual pages: build/man

completions: $(COMPLETIONS) ## make the completions for bash, zsh and fish: build/completions

# --- Rules -----------------------------------------------------------------------------------

# $(call compile,SAYS,COMMAND): run it, and leave an entry for compile_commands.json beside $@.
define compile
	$(call say,$1,$@)
	@mkdir -p $(@D)
	$(Q)$2
	@printf '{"directory":"%s","file":"%s","output":"%s","command":"%s"}\n' \
		'$(CURDIR)' '$<' '$@' '$(subst ",\",$(subst \,\\,$2))' >$@.json
endef

# Stamps that are touched only when what they hold changes.
FLAGS_bpf = $(CLANG) $(BPF_FLAGS)
FLAGS_bpflink = $(BPFTOOL) $(BPF_OBJS)
FLAGS_user = $(CC) $(USER_FLAGS)
FLAGS_link = $(CC) $(USER_LINK) $(LIBS_LINK) $(USER_OBJS)
FLAGS_version = $(VERSION_FLAG)
FLAGS_fuzz = $(CLANG) $(FUZZ_FLAGS)
FLAGS_test = $(CC) $(TEST_FLAGS) $(LDFLAGS) $(TESTLIB_OBJS)

STAMPS := $(addprefix $(BUILD)/.flags.,bpf bpflink test fuzz) $(addprefix $(O)/.flags.,user link version)

$(STAMPS): FLAGS = $(FLAGS_$(subst .,,$(suffix $@)))
$(STAMPS): FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(FLAGS)' | cmp -s - $@ || printf '%s\n' '$(FLAGS)' >$@

$(BPF_UNIT): Makefile $(filter-out $(BPF_ALONE),$(BPF_SRCS))
	@mkdir -p $(@D)
	@printf '#include "%s"\n' $(patsubst bpf/%,%,$(filter-out Makefile,$^)) >$@

# Its sources are what an editor asks for.
$(BPF_UNIT:.c=.o): $(BPF_UNIT) $(BUILD)/.flags.bpf | tools
	$(call compile,BPF,$(CLANG) $(BPF_FLAGS) -MT $@ -MF $@.d -c $< -o $@)
	@for file in $(filter-out $(BPF_ALONE),$(BPF_SRCS)); do sed "s,$<,$$file,g" $@.json; done >$@.json.tmp
	@mv $@.json.tmp $@.json

$(BUILD)/bpf/%.bpf.o: bpf/%.bpf.c $(BUILD)/.flags.bpf | tools
	$(call compile,BPF,$(CLANG) $(BPF_FLAGS) -MT $@ -MF $@.d -c $< -o $@)

$(BENCH_BPF): tests/bench/empty.bpf.c $(BUILD)/.flags.bpf | tools
	$(call compile,BPF,$(CLANG) $(BPF_FLAGS) -MT $@ -MF $@.d -c $< -o $@)

$(BPF_OBJ): $(BPF_OBJS) $(BUILD)/.flags.bpflink
	$(call say,LINK,$@)
	$(Q)$(BPFTOOL) gen object $@ $(BPF_OBJS)

$(SKEL): $(BPF_OBJ)
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name vmascope_bpf >$@.tmp && mv $@.tmp $@

$(VERSION_OBJS): $(O)/.flags.version
$(VERSION_OBJS): private OWN_FLAGS := $(VERSION_FLAG)
$(O)/user/%.o: user/%.c $(O)/.flags.user | $(SKEL) $(PROTO) tools
	$(call compile,CC,$(CC) $(USER_FLAGS) $(OWN_FLAGS) -MF $@.d -c $< -o $@)

define protobuf
	$(call say,PROTO,$@)
	$(Q)protoc-c --proto_path=$(<D) --c_out=$(BUILD) $(<F)
endef

$(BUILD)/perfetto.pb-c.c $(BUILD)/perfetto.pb-c.h &: user/export/perfetto.proto | tools
	$(protobuf)

$(BUILD)/profile.pb-c.c $(BUILD)/profile.pb-c.h &: user/format/profile.proto | tools
	$(protobuf)

# What package-lock.json lists, from .cache/npm if it is there.
$(NPM_PAGE)/.made: dashboards/web/package.json dashboards/web/package-lock.json
	$(call say,NPM,$(@D))
	$(Q)tests/deps npm dashboards/web $(@D) '; or use UPLOT=DIR, an unpacked one'
	@touch $@

$(BUILD)/npm/tests/.made: tests/web/package.json tests/web/package-lock.json
	$(call say,NPM,$(@D))
	$(Q)tests/deps npm tests/web $(@D)
	@touch $@

$(BUILD)/web/.made: $(WEB) $(if $(filter $(NPM_PAGE)/%,$(UPLOT)),$(NPM_PAGE)/.made)
	$(call say,WEB,$(@D))
	$(Q)rm -rf $(@D) && mkdir -p $(@D)/uplot
	$(Q)cd dashboards/web && cp --parents $(WEB:dashboards/web/%=%) $(CURDIR)/$(@D)
	$(Q)cp $(filter-out %/LICENSE,$(UPLOT_FILES)) $(@D)/uplot && cp $(UPLOT)/LICENSE $(@D)/uplot/LICENSE.txt
	@touch $@

$(BUILD)/web_assets.c: $(BUILD)/web/.made user/serve/http/embed.sh
	$(call say,EMBED,$@)
	$(Q)user/serve/http/embed.sh $(BUILD)/web >$@.tmp && mv $@.tmp $@

$(PROTO:$(BUILD)/%.c=$(O)/user/%.o): $(O)/user/%.o: $(BUILD)/%.c $(O)/.flags.user
$(O)/web_assets.o: $(BUILD)/web_assets.c $(O)/.flags.user | tools
$(MADE_OBJS:%=$(O)/%):
	$(call compile,CC,$(CC) $(USER_FLAGS) -MF $@.d -c $< -o $@)

$(USER_LIB): $(filter-out %/user/main.o,$(USER_OBJS)) $(O)/.flags.link
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

$(O)/vmascope: $(O)/user/main.o $(USER_LIB) $(O)/.flags.link
	$(call say,LINK,$@)
	$(Q)$(CC) $(USER_LINK) -o $@ $< $(USER_LIB) $(LIBS_LINK)

$(OPTION_LIST): $(BUILD)/vmascope
	$(call say,LIST,$@)
	$(Q)$< help --list >$@.tmp && mv $@.tmp $@

# $(call man_page,COMMAND): @command of docs/man/page.jq is "" for vmascope(1)
define man_page
	$(call say,MAN,$@)
	@mkdir -p $(@D)
	$(Q)jq -r --arg command '$1' --arg date $(VERSION_DATE) --rawfile text $< -f docs/man/page.jq $(OPTION_LIST) >$@.tmp
	@mv $@.tmp $@
endef

$(BUILD)/man/vmascope.1: docs/man/vmascope.man docs/man/page.jq $(OPTION_LIST)
	$(call man_page,)

$(BUILD)/man/vmascope-%.1: docs/man/%.man docs/man/page.jq $(OPTION_LIST)
	$(call man_page,$*)

$(BUILD)/completions/vmascope: SHELL_NAME := bash
$(BUILD)/completions/_vmascope: SHELL_NAME := zsh
$(BUILD)/completions/vmascope.fish: SHELL_NAME := fish
$(COMPLETIONS): $(wildcard deploy/completions/*) $(OPTION_LIST)
	$(call say,SHELL,$@)
	@mkdir -p $(@D)
	$(Q)jq -r -L deploy/completions --rawfile functions deploy/completions/functions.$(SHELL_NAME) \
		-f deploy/completions/$(SHELL_NAME).jq $(OPTION_LIST) >$@.tmp
	@mv $@.tmp $@

$(O)/tests/unit/%.o: tests/unit/%.c $(O)/.flags.user | $(SKEL) $(PROTO) tools
	$(call compile,CC,$(CC) $(UNIT_FLAGS) -MF $@.d -c $< -o $@)

$(UNIT_BINS): %: %.o $(USER_LIB) $(O)/.flags.link
	$(call say,LINK,$@)
	$(Q)$(CC) $(USER_LINK) -o $@ $< $(USER_LIB) $(LIBS_LINK) -lcmocka

$(FUZZ_OBJS): $(FUZZ_O)/%.o: %.c $(BUILD)/.flags.fuzz | $(SKEL) $(PROTO) tools
	$(call compile,CC,$(CLANG) $(FUZZ_FLAGS) $(VERSION_FLAG) -MF $@.d -c $< -o $@)

$(FUZZ_BINS): $(FUZZ_O)/%: $(FUZZ_O)/tests/fuzz/%.o $(FUZZ_USER_OBJS) $(MADE_OBJS:%=$(BUILD)/%) \
		$(BUILD)/.flags.fuzz
	$(call say,LINK,$@)
	$(Q)$(CLANG) $(LDFLAGS) -fsanitize=fuzzer,address,undefined -o $@ $(filter %.o,$^) $(LIBS_LINK)

$(TEST_OBJS): $(BUILD)/%.o: %.c $(BUILD)/.flags.test | tools
	$(call compile,CC,$(CC) $(TEST_FLAGS) -MF $@.d -c $< -o $@)

$(E2E_BINS) $(FAULT_BIN): %: %.o $(TESTLIB_OBJS) $(BUILD)/.flags.test
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -pthread -o $@ $< $(TESTLIB_OBJS) -lcmocka -ljson-c -lrt

# Its stacks are followed by frame pointers, too.
$(BUILD)/tests/workload/manystacks.o: private TEST_FLAGS += -fno-omit-frame-pointer

$(WORKLOAD_BINS): %: %.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -pthread -o $@ $< -lrt

$(BENCH_BINS:=.o): private TEST_FLAGS += -Itests/workload
$(BENCH_BINS): %: %.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -pthread -o $@ $< $(LIBS_LINK)

callchain_flags = $(filter-out -O%,$(TEST_FLAGS)) -$(word 1,$(subst -, ,$(notdir $(@D)))) \
	$(if $(filter %-fp,$(@D)),-fno-omit-frame-pointer,-fomit-frame-pointer) \
	$(if $(filter O0-% O1-%,$(notdir $(@D))),-DTAIL_CALLERS_STAY) -MF $@.d

$(addsuffix /libchain.so,$(CALLCHAIN_BUILDS)): tests/workload/callchain/chainlib.c $(BUILD)/.flags.test
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(callchain_flags) $(LDFLAGS) -fPIC -shared -Wl,-soname,libchain.so -o $@ $<

$(addsuffix /callchain,$(CALLCHAIN_BUILDS)): %/callchain: tests/workload/callchain/callchain.c %/libchain.so
	$(call say,LINK,$@)
	$(Q)$(CC) $(callchain_flags) $(LDFLAGS) -Wl,-rpath,'$$ORIGIN' -o $@ $< $(@D)/libchain.so

$(addsuffix /callchain,$(CALLCHAIN_SPLITS)): tests/workload/callchain/split.sh $(CALLCHAIN)/O2-nofp/callchain
	$(call say,STRIP,$@)
	$(Q)$< $(notdir $(@D)) $(CALLCHAIN)/O2-nofp $(@D)

# Tests are in it once they have been built.
compile_commands.json: $(BPF_OBJS) $(USER_OBJS) $(wildcard $(UNIT_OBJS) $(TEST_OBJS))
	@{ echo '['; cat $(addsuffix .json,$^) | sed '$$!s/$$/,/'; echo ']'; } >$@.tmp
	@mv $@.tmp $@

-include $(ALL_OBJS:=.d) $(wildcard $(CALLCHAIN)/*/*.d)

tools:
	@missing=; \
	for tool in $(CC) $(CLANG) $(BPFTOOL) $(PKG_CONFIG) protoc-c jq; do \
		command -v $$tool >/dev/null || missing="$$missing $$tool"; \
	done; \
	for lib in $(LIBS); do \
		$(PKG_CONFIG) --exists $$lib 2>/dev/null || missing="$$missing $$lib"; \
	done; \
	echo '#include <unistr.h>' | $(CC) $(CFLAGS) -E - >/dev/null 2>&1 || \
		missing="$$missing libunistring"; \
	if [ -n "$$missing" ]; then \
		echo "vmascope: cannot build without:$$missing (run: sudo make deps)" >&2; exit 1; \
	fi

# --- Packages --------------------------------------------------------------------------------

DIST := $(BUILD)/dist/vmascope-$(VERSION).tar.xz

$(STATIC_OBJS): $(STATIC)/%.o: %.c $(BUILD)/.flags.user $(BUILD)/.flags.version | $(SKEL) $(PROTO) tools
	$(call compile,CC,$(CC) $(USER_FLAGS) $(VERSION_FLAG) -DVMASCOPE_STATIC -MF $@.d -c $< -o $@)

$(STATIC)/vmascope: $(STATIC_OBJS) $(filter-out $(STATIC_SRCS:%.c=$(BUILD)/%.o),$(USER_OBJS)) \
		$(BUILD)/.flags.link deploy/static
	$(call say,LINK,$@)
	$(Q)deploy/static $@ $(CC) $(filter %.o,$^) -- $(filter-out -pie,$(USER_LINK))

# A workload for where nothing else is installed.
$(STATIC)/storm: $(BUILD)/tests/workload/storm.o
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -static -pthread -o $@ $< -lrt

# What they are made of, with licences.
$(SBOMS): %.spdx.json: % deploy/sbom deploy/sbom.awk deploy/libraries.tsv
	$(call say,SBOM,$@)
	$(Q)deploy/sbom $< $(FULL_VERSION) '$(COMMIT)' '$(COMMIT_DATE)' $(UPLOT) >$@.tmp && mv $@.tmp $@

dist: $(BUILD)/web/.made ## make build/dist/vmascope-VERSION.tar.xz of the last commit: builds without git and network
	@deploy/dist $(VERSION) $(BUILD)/dist $(UPLOT)

deb: dist ## make a Debian package of it, in build/deb
	@deploy/deb $(DIST) $(BUILD)/deb

static: $(STATIC)/vmascope $(STATIC)/vmascope.spdx.json ## link build/static/vmascope, which needs no library

sbom: $(BUILD)/vmascope.spdx.json ## list the libraries of build/vmascope, with licences: build/vmascope.spdx.json (SPDX)

# A Debian root, where packages are installed and removed (kept in .cache).
package-root:
	@tests/package/root

# --- What people call ------------------------------------------------------------------------

deps: ## install and download what is missing to build and test (apt, npm)
	@tests/deps packages $(DEPS)
	@$(if $(strip $(DOWNLOADS)),$(MAKE) --no-print-directory $(DOWNLOADS))

check-deps: ## install and download all that check needs; then it needs no network
	@$(SUBMAKE) deps DEPS='$(CHECK_DEPS)' DOWNLOADS='$(CHECK_DOWNLOADS)'

guest-kernels:
	@tests/vm/fetch $(CHECK_KERNELS)
	@echo 'deps: guest kernels $(CHECK_KERNELS): there'

demo: ## install, build, and show it on a workload and a real program (as root)
	@$(SUBMAKE) deps DEPS='$(sort $(BUILD_DEPS) $(DEMO_DEPS))'
	@$(SUBMAKE) all $(WORKLOAD_BINS) $(BUILD)/tests/bin/redis-server
	@tests/demo.sh

# Debian's redis-tools has the server too: it is redis-check-rdb under the name redis-server.
# Installing the package redis-server would start a service.
$(BUILD)/tests/bin/redis-server:
	@mkdir -p $(@D)
	@server=$$(command -v redis-server || command -v redis-check-rdb) && ln -sf "$$server" $@ || \
		{ echo 'vmascope: no redis-server for the tests (run: sudo make deps)' >&2; exit 1; }

# Prometheus, too, is only unpacked where it is not installed: its package would start a service.
$(BUILD)/tests/bin/prometheus:
	@tests/deps prometheus $(@D)

build-tests: $(PACKAGE_TESTED) $(FUZZ_BINS) $(UNIT_BINS) $(CALLCHAIN_BINS) $(BUILD)/tests/bin/redis-server $(BUILD)/npm/tests/.made build-e2e ## build the tests and their workloads

build-e2e: $(E2E_BINS) $(WORKLOAD_BINS) $(FAULT_BIN)

# $(call part,NAME,MAKE-ARGUMENTS): a step before the tests, whose time tests/all adds to its list.
part = +@mkdir -p $(BUILD); begun=$$(date +%s); echo '== $1'; \
	$(SUBMAKE) $2 || { printf '\nFailed:\n  %s\n\n0 passed, 1 failed\n' '$1: see above'; exit 1; }; \
	echo "$1: $$(($$(date +%s) - begun)) s" | tee -a $(TIMES) | sed 's/^/== /'
TIMES := $(BUILD)/check-times

define check_parts
	@rm -f $(TIMES)
	$(call part,deps,deps DEPS='$1' DOWNLOADS='$(CHECK_DOWNLOADS)' CHECK_SETS='$2')
	$(call part,build,all build-tests)
	$(call part,build with sanitizers,SANITIZE=1 all build-tests)
endef

check: ## install, build and run every test, and a few in a guest (as root; downloads a kernel)
	$(call check_parts,$(CHECK_DEPS),small)
	@tests/all small

soak: ## the tests on a busy, slow or small machine and in guests, for SOAK_MINUTES (60; as root)
	$(call check_parts,$(sort $(CHECK_DEPS) $(SOAK_DEPS)),small)
	@tests/hostile --minutes $(SOAK_MINUTES)

selftest: ## check that the tests' own scripts take no failure for a success
	@$(SUBMAKE) $(FAULT_BIN)
	@tests/run selftest

check-unit: ## run the unit tests
	@$(SUBMAKE) build-tests
	@tests/run unit

check-e2e: ## run the end-to-end tests (as root)
	@$(SUBMAKE) all build-tests
	@tests/run e2e

check-all: ## check, then the most telling tests in guests, and arm64 (downloads kernels)
	$(call check_parts,$(GUEST_DEPS),small quick)
	@tests/all quick

check-vm: ## run the tests in guests, on every kernel or on KERNEL (downloads them)
	@$(SUBMAKE) deps DEPS='$(GUEST_DEPS)'
	@$(SUBMAKE) all build-tests
	@tests/vm/check $(KERNEL)

check-arm64: ## cross-compile for arm64, and try that in a guest (downloads libraries and a kernel)
	@$(SUBMAKE) deps DEPS='$(GUEST_DEPS)'
	@tests/vm/arm64

screens: ## make the captures in README.md and docs, and docs/page.png, anew, by real runs (as root)
	@$(SUBMAKE) all $(WORKLOAD_BINS) $(BUILD)/tests/bin/redis-server $(BUILD)/npm/tests/.made
	@tests/screens --update

kernel-table: ## put what the last check-vm found into docs/kernels.md
	@tests/vm/table --update

bench: ## measure what tracing costs, beside other tools: docs/bench.md, docs/bench.svg (as root)
	@$(SUBMAKE) deps DEPS='$(sort $(DEPS) $(BENCH_DEPS))'
	@$(SUBMAKE) all $(BENCH_BINS) $(BENCH_BPF) $(WORKLOAD_BINS)
	@tests/bench/run
	@tests/bench/gains

FUZZ_SECONDS ?= 60
fuzz: ## hostile files, requests and command lines for FUZZ_SECONDS (60), with sanitizers
	@$(SUBMAKE) $(FUZZ_BINS)
	@tests/fuzz/run $(FUZZ_SECONDS) 0

# A stamp for each source that clang-tidy found nothing in; the object is newer when a header changed.
TIDY_FLAGS = -std=gnu11 -D_GNU_SOURCE -Iuser -Ibpf -isystem $(BUILD) $(LIBS_CFLAGS) $(VERSION_FLAG)
TIDIED := $(if $(SANITIZE),,$(USER_SRCS:%.c=$(BUILD)/tidy/%.ok))
# The skeleton, which bpftool makes, frees itself by a function of libbpf.
$(addprefix $(BUILD)/tidy/user/,capture/capture.ok explain/page_tables.ok): private TIDY_CHECKS := --checks=-clang-analyzer-unix.Malloc
$(TIDIED): $(BUILD)/tidy/%.ok: %.c $(BUILD)/%.o .clang-tidy
	$(call say,TIDY,$<)
	@mkdir -p $(@D)
	$(Q)clang-tidy --quiet $(TIDY_CHECKS) $< -- $(TIDY_FLAGS) >$@.log 2>&1 || { cat $@.log; exit 1; }
	@touch $@

tidy: $(TIDIED)

lint: ## check format, flow and file heads, and by clang-tidy
	@tests/lint.sh
	@command -v clang-tidy >/dev/null || \
		{ echo 'lint: no clang-tidy (run: sudo make deps)' >&2; exit 1; }
	@$(SUBMAKE) -k tidy
	@tests/lint/circles $(BUILD)

fmt: ## format the sources
	clang-format -i $(FORMATTED)

install: all ## install the binary, manual pages, completions, systemd units and documentation under $(DESTDIR)$(PREFIX)
	@deploy/install $(BUILD)/vmascope $(PREFIX) $(DESTDIR)

uninstall: ## remove what install put there
	@deploy/install --remove $(BUILD)/vmascope $(PREFIX) $(DESTDIR)

vmlinux: | tools ## make build/vmlinux_full.h from the running kernel's BTF
	@mkdir -p $(BUILD)
	$(BPFTOOL) btf dump file /sys/kernel/btf/vmlinux format c >$(BUILD)/vmlinux_full.h.tmp
	@mv $(BUILD)/vmlinux_full.h.tmp $(BUILD)/vmlinux_full.h

clean: ## remove what was built
	rm -rf $(BUILD) compile_commands.json

help: ## list the targets
	@sed -n 's/^\([a-z][a-z0-9-]*\):[^#]*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | \
		sort | while IFS="$$(printf '\t')" read -r t h; do printf '%-12s %s\n' "$$t" "$$h"; done
	@echo
	@echo 'SANITIZE=1 (into build/asan), V=1 (commands), KERNEL (check-vm), SOAK_MINUTES, PREFIX, DESTDIR, ARCH, CC,'
	@echo 'CLANG, BPFTOOL, UPLOT (an unpacked uPlot, instead of npm)'
