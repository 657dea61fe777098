# Everything a contributor or CI runs. Tools are pinned in test/tools/ and built once into a cache outside of the tree.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --warn-undefined-variables
.DEFAULT_GOAL := help

HOME ?=
XDG_CACHE_HOME ?=
ISTIO_LIGHTSTEP_CACHE ?=
include test/tools/tools.mk

CHART   := charts/istio-lightstep
EXAMPLE ?= istio-1.26
FUZZTIME ?= 30s
ALL ?=
TAGS ?= e2e
E2E_KUBECONFIG ?=
E2E_CONTEXT ?=
# On a cluster of the user's nothing is changed unless it is asked for.
SUITE ?= $(if $(E2E_KUBECONFIG)$(E2E_CONTEXT),observe,$(TAGS))
FRESH ?=
MIRROR ?=
VERSION ?=
REGISTRY ?=
NEEDS ?=
DIST ?= dist
DRY ?=
COSIGN_KEY ?=
PGP_KEY ?=
PLATFORMS ?=

# Tests and scripts find both Helms here; without them the parity tests fail, they do not skip.
export HELM3 := $(call tool,HELM3)
export HELM4 := $(call tool,HELM4)
# The mesh is installed with the Helm that users have now; E2E_HELM names another.
export E2E_HELM ?= $(HELM4)
export KUBE_VERSION
# What is compiled without cgo is compiled once for the tests, the tools and the linters, and needs no C compiler.
export CGO_ENABLED := 0
export FRESH
export CT_MODULE := $(word 3,$(CT))@$(word 2,$(CT))

# One line that says what is missing, before anything starts.
need = @for c in $(1); do command -v $$c >/dev/null || { echo "$$c is missing: install it, on Debian by make needs NEEDS=$$c, and run make again" >&2; exit 1; }; done

##@ Use
.PHONY: help run needs
help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^##@ / {printf "\n%s\n", substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' Makefile

run: ## Render and explain an example (EXAMPLE=<case>); needs Go, make and git alone
	$(call need,go git)
	@test -f examples/$(EXAMPLE)/values.yaml || { echo "examples/$(EXAMPLE)/values.yaml is missing: set EXAMPLE to one of" $$(cd examples && ls -d */ | tr -d /) >&2; exit 1; }
	go run ./cmd/istio-lightstep render -f examples/$(EXAMPLE)/values.yaml
	go run ./cmd/istio-lightstep explain -f examples/$(EXAMPLE)/values.yaml

needs: ## Install what the targets call and this machine does not have, by apt-get (NEEDS="promtool …": these alone)
	@test/tools/needs $(NEEDS)

##@ Check
.PHONY: spantest-jaeger test test-all test-go test-race test-docs test-modules test-chart verify new-minor new-istio lint vuln conformance fuzz mutate bench
# Helm 4, the race detector and every random input take longer than all else, so they are for test-all.
HELMS ?= parity
SHORT ?= -short
# Tests make garbage rather than keep it, and some packages wait for clocks: two for each of two processors.
GOTEST := GOGC=400 go test -p 4
# Unit tests of the end-to-end tests' packages. Those of ./release compile terratest, so they are for test-all. What the
# others read, such as docs, is outside of their module, which the cache of go test does not see.
E2E_UNITS := ./alerts ./backends ./cluster/... ./insync ./istio ./load ./observe ./preflight ./results ./satellite
E2E_OUTSIDE := ./bookinfo ./doctor ./faults ./measured ./migrate ./settings ./suite ./support

test: $(HELM3) $(call tool,UNTT) ## What a change must pass: unit tests, chart tests, parity with Helm 3 (FRESH=1: nothing from caches)
	@$(MAKE) --no-print-directory -j2 -O test-go test-modules test-docs test-chart

test-all: $(HELM3) $(HELM4) $(call tool,UNTT) ## make test with every random input, parity with Helm 4, the race detector, generated files, the next Istio: what runs at night
	@$(MAKE) --no-print-directory test HELMS=parity,helm4 SHORT=
	@$(MAKE) --no-print-directory verify new-minor test-race

test-go:
	$(GOTEST) $(SHORT) $(if $(FRESH),-count=1) -timeout 40m -tags $(HELMS) ./...

# Packages that start goroutines or share what they remember; elsewhere there is nothing to race. Files of tests that do one
# thing after another, for minutes, are tagged !race.
test-race:
	$(call need,gcc)
	CGO_ENABLED=1 go test -short $(if $(FRESH),-count=1) -race -vet off -timeout 40m \
		$$(git grep -lE '\bgo func|\.Go\(|"sync(/atomic)?"' -- cmd/istio-lightstep internal pkg ':!*_test.go' | xargs -n1 dirname | sort -u | sed 's|^|./|')
	CGO_ENABLED=1 go -C test/bookinfo test -race ./...

test-modules:
	go -C test/bookinfo test ./...
	go -C test/offline/images test ./...
	go -C test/e2e test $(E2E_UNITS) $(if $(SHORT),,./release)
	@test/tools/once e2e . -- go -C test/e2e test -count=1 $(E2E_OUTSIDE)
	@test/tools/once spantest$(SHORT) test/spantest docs/testing.md internal/doctor/finding/findings.yaml -- \
		go -C test/spantest test -count=1 $(SHORT) ./...
	go -C cmd/release test -count=1 . # it reads pages outside of its module

test-docs: # what it reads is outside of its module, which the cache of go test does not see
	@test/tools/once docs . -- go -C test/docs test -count=1 ./...

test-chart: $(call tool,UNTT)
	$(call tool,UNTT) --strict $(CHART)

verify: $(call tool,HELM_SCHEMA) $(call tool,HELM_DOCS) $(HELM3) ## Fail where a generated file differs from its source
	@test/tools/once verify . -- test/tools/verify

new-minor: $(call tool,HELM_SCHEMA) $(call tool,HELM_DOCS) $(HELM3) $(call tool,UNTT) ## Add the next Istio to a copy of the tree by one row, and test that there
	@test/tools/once new-minor . -- \
		test/tools/new-minor $(CACHE)/new-minor $(HELM3) $(call tool,UNTT)

new-istio: $(call tool,HELM_SCHEMA) $(call tool,HELM_DOCS) $(HELM3) ## Add the row of the next Istio to this tree, if it is released (asks the Go proxy)
	@test/tools/new-istio

lint: $(call tool,GOLANGCI) $(call tool,CT) $(call tool,KUBECONFORM) $(call tool,ACTIONLINT) $(HELM3) $(HELM4) $(VENV)/ready $(CHECKOV)/ready $(SCHEMAS)/ready ## Lint Go, chart, YAML, scripts and workflows; validate every example's objects
	@test/tools/lint-modules
	@test/tools/lint-go $(call tool,GOLANGCI)
	@go -C test/e2e vet -tags e2e .
	@PATH="$(VENV)/bin:$$PATH" test/tools/lint-chart $(call tool,CT) $(CHART)
	@test/tools/lint-examples $(call tool,KUBECONFORM) $(SCHEMAS)
	@test/tools/once checkov examples charts/istio-lightstep test/tools/checkov test/tools/lint-checkov -- \
		$(CHECKOV)/bin/python test/tools/lint-checkov test/tools/checkov/exceptions.yaml
	$(VENV)/bin/yamllint --strict .
	PATH="$(VENV)/bin:$$PATH" $(call tool,ACTIONLINT)
	$(VENV)/bin/zizmor --offline --quiet --persona pedantic .github
	$(VENV)/bin/shellcheck -x $$(grep -rlE '^#!.*sh$$' .ci test/e2e test/offline test/tools)

# The modules that users get, and those that run with the credentials of a release.
VULN := . test/spantest cmd/release cmd/release/cosign
vuln: $(call tool,GOVULNCHECK) ## Known vulnerabilities in what is published and in what publishes it (asks the Go vulnerability database)
	@failed=; for module in $(VULN); do \
		echo "govulncheck: $$module"; $(call tool,GOVULNCHECK) -C $$module ./... || failed=1; \
	done; [ -z "$$failed" ]

spantest-jaeger: $(call tool,JAEGER) ## Read traces from a real Jaeger by spantest, and keep its answers for the other tests
	JAEGER=$(call tool,JAEGER) go -C test/spantest test -count=1 -short -run '^TestRealJaeger$$' -v .

conformance: $(HELM3) ## Run what is rendered through real istioctl binaries (ALL=1: every listed version; ALL=1.8,1.26: these)
	$(call need,promtool prometheus)
	@test/tools/once conformance$(ALL) . ':!test/e2e' ':!test/bookinfo' ':!.ci' ':!.github' -- bash -euc \
		'cd test/conformance; export ALL=$(ALL); go run ./cmd/build; go test -count=1 -timeout 60m -v ./...'

fuzz: $(HELM3) ## Fuzz every target for FUZZTIME (default 30s)
	@test/tools/fuzz $(FUZZTIME)

mutate: ## Break each rule in turn; the corpus must catch every one
	@test/tools/must-run TestMutation go test -timeout 30m -tags mutate -run TestMutation -v ./internal/rules/

bench: $(HELM3) ## Benchmarks; the last line compares with helm template
	@go test -run '^$$' -bench . -benchmem ./... | test/tools/bench-report

##@ A real mesh (kind, Istio, Bookinfo and a satellite; needs Docker)
.PHONY: images observe e2e e2e-all e2e-mirror demo
images: ## Build every image of the end-to-end tests into the cache
	$(call need,go python3 debootstrap mvn)
	go -C test/offline/images run ./cmd/images build

observe: ## Requests to E2E_URL, and their traces in E2E_SOURCE: changes nothing (docs/testing.md)
	go -C test/e2e test -tags e2e -count=1 -v -run '^TestObserve$$' . -suite=observe

e2e: $(HELM4) ## Prove every span on a new cluster (ISTIO=1.31|1.28|1.20, SUITE=e2e|all|doctor|faults|load|migrate, KEEP=1, IMAGES=auto|build|pull)
	$(call need,go $(if $(E2E_KUBECONFIG)$(E2E_CONTEXT),,docker) $(if $(filter all,$(SUITE)),chromium node npm))
	@[ -n "$(E2E_KUBECONFIG)$(E2E_CONTEXT)" ] || docker info >/dev/null 2>&1 || { echo "no Docker engine answers: start Docker and run make again" >&2; exit 1; }
	go -C test/e2e test -tags e2e -count=1 -timeout 240m $(if $(filter e2e,$(SUITE)),-failfast) -v . -suite=$(SUITE)

e2e-all: ## All of it, on every Istio that is built, with what docs/doctor.md, migrate.md and reliability.md are written from
	$(MAKE) e2e SUITE=all ISTIO=1.31
	$(MAKE) e2e SUITE=all ISTIO=1.28
	$(MAKE) e2e SUITE=all ISTIO=1.20
	$(MAKE) e2e SUITE=doctor ISTIO=1.31
	$(MAKE) e2e SUITE=doctor ISTIO=1.28
	$(MAKE) e2e SUITE=doctor ISTIO=1.20
	$(MAKE) e2e SUITE=migrate
	$(MAKE) e2e SUITE=faults
	$(MAKE) e2e SUITE=load

e2e-mirror: ## make e2e with every image pulled, from a registry on this machine that has them (MIRROR=host:port that nodes reach)
	$(call need,go docker)
	@test/offline/with-mirror $(MIRROR) $(MAKE) e2e IMAGES=pull

demo: ## A mesh with traffic that stays, and where to look at its traces
	$(MAKE) e2e SUITE=demo KEEP=1

##@ Release
.PHONY: release release-commit release-test release-pull
versioned = $(or $(VERSION),$(error VERSION is not set: run make $(1) VERSION=0.1.0))
release-commit: ## Write VERSION into the files that name it, and close the section of CHANGELOG.md; commit what it changes
	go -C cmd/release run ./cmd/release -commit -root $(CURDIR) -version $(call versioned,release-commit)
	@$(MAKE) --no-print-directory generate golden

release: $(HELM4) $(COSIGN) ## Build, push and sign the last commit (VERSION=0.1.0, REGISTRY=host/path, DIST=folder, COSIGN_KEY=file, PGP_KEY=file, DRY=1: build alone)
	$(call need,go git)
	COSIGN=$(COSIGN) go -C cmd/release run ./cmd/release -root $(CURDIR) -version $(call versioned,release) \
		-registry '$(REGISTRY)' -dist $(abspath $(DIST)) $(if $(COSIGN_KEY),-key $(abspath $(COSIGN_KEY))) $(if $(PGP_KEY),-pgp-key $(abspath $(PGP_KEY))) $(if $(DRY),-dry)

release-test: $(HELM3) $(HELM4) $(COSIGN) $(REGISTRY_PROGRAM) $(call tool,KREW) ## Publish a release into a registry on this machine, and use it as people do (PLATFORMS="linux/amd64 …": these alone)
	$(call need,go git python3 sha256sum)
	@COSIGN=$(COSIGN) REGISTRY_PROGRAM=$(REGISTRY_PROGRAM) KREW=$(call tool,KREW) \
		test/tools/once release . ':!test/e2e' ':!test/conformance' ':!test/offline' ':!.ci' ':!.github' -- \
		env PLATFORMS='$(PLATFORMS)' go -C cmd/release test -tags release -run TestRelease -count=1 -timeout 90m -v .

release-pull: $(HELM4) ## Pull image and chart of VERSION from REGISTRY without an account, as users do
	$(call need,docker)
	@test/tools/release-pull $(HELM4) '$(REGISTRY)' $(call versioned,release-pull)

##@ Change
.PHONY: generate golden pages clean
generate: $(call tool,HELM_SCHEMA) $(call tool,HELM_DOCS) ## Make the chart's JSON files and README, the pages of rules and findings, and ranges of versions from their sources
	cd $(CHART) && $(call tool,HELM_SCHEMA) --draft 7 --indent 2 --no-additional-properties --use-helm-docs
	go run ./internal/chartdata $(CHART) README.md docs/dialects.md
	go run ./internal/ruledocs $(CHART)/files/rules.yaml docs/rules.md
	go run ./internal/doctor/finding/pages docs/findings
	$(call tool,HELM_DOCS) --chart-search-root $(CHART) --sort-values-order file --log-level warning

golden: $(HELM3) ## Render every example again into examples/<case>/rendered, and write the pages that speak of it
	@test/tools/golden $(HELM3) $(CHART)
	@$(MAKE) --no-print-directory pages

pages: ## Write the pages made of results in test/e2e/results, which marks those older than what the chart renders
	@for page in faults/cmd/table doctor/cmd/page support/cmd/page migrate/cmd/page; do go -C test/e2e run ./$$page; done

clean: ## Remove what was built and downloaded for this project
	rm -rf $(CACHE)
