# Rules that make the tools of versions.mk and requirements.txt. $(call tool,HELM3) is a tool's path.
# Everything lies under $(CACHE), outside of the tree.
include test/tools/versions.mk

CACHE := $(or $(ISTIO_LIGHTSTEP_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/istio-lightstep)
export ISTIO_LIGHTSTEP_CACHE := $(CACHE)

tool = $(CACHE)/bin/$(word 1,$($(1)))-$(word 2,$($(1)))

define go-tool
$(call tool,$(1)):
	@test/tools/build $$@ $(wordlist 2,4,$($(1)))
endef
$(foreach t,$(GO_TOOLS) JAEGER,$(eval $(call go-tool,$(t))))

# Programs of modules of this tree, which pin them. Go knows when to build them again.
COSIGN := $(CACHE)/bin/cosign
REGISTRY_PROGRAM := $(CACHE)/bin/registry
.PHONY: $(COSIGN) $(REGISTRY_PROGRAM)
$(COSIGN) $(REGISTRY_PROGRAM):
	@go -C cmd/release/$(@F) build -ldflags '-s -w' -o $@ .

# One virtual environment per content of requirements.txt.
VENV := $(CACHE)/venv-$(firstword $(shell cksum <test/tools/requirements.txt))
$(VENV)/ready:
	@echo "installing the Python tools (once)" >&2
	@rm -rf $(VENV) && python3 -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check -r test/tools/requirements.txt
	@touch $@

# Apart from the other Python tools: one for each content of its requirements.txt.
CHECKOV := $(CACHE)/checkov-$(firstword $(shell cksum <test/tools/checkov/requirements.txt))
$(CHECKOV)/ready:
	@echo "installing checkov (once)" >&2
	@rm -rf $(CHECKOV) && python3 -m venv $(CHECKOV)
	@$(CHECKOV)/bin/pip install --quiet --disable-pip-version-check -r test/tools/checkov/requirements.txt
	@touch $@

# JSON schemas of Kubernetes and Istio, for kubeconform.
SCHEMAS := $(CACHE)/schemas-$(KUBE_VERSION)-$(ISTIO_API)
$(SCHEMAS)/ready: | $(VENV)/ready
	@mkdir -p $(@D)
	@$(VENV)/bin/python test/tools/schemas $(KUBE_VERSION) $(ISTIO_API) $(@D)
	@touch $@

.PHONY: tools
tools: $(foreach t,$(GO_TOOLS),$(call tool,$(t))) $(VENV)/ready $(CHECKOV)/ready $(SCHEMAS)/ready
