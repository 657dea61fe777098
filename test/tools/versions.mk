# The tools, once each: binary, version, module, package in it. The last word says what for.
# A tool is built when its file is missing; its name holds the version, so a new version is a new file.
HELM3        := helm          v3.22.0 helm.sh/helm/v3 cmd/helm                         # parity
HELM4        := helm          v4.3.2  helm.sh/helm/v4 cmd/helm                         # parity
HELM_DOCS    := helm-docs     v1.14.2 github.com/norwoodj/helm-docs cmd/helm-docs      # README
HELM_SCHEMA  := helm-schema   v2.3.1  github.com/losisin/helm-values-schema-json/v2    # schema
UNTT         := untt          v1.1.2  github.com/helm-unittest/helm-unittest cmd/helm-unittest # templates
KUBECONFORM  := kubeconform   v0.8.0  github.com/yannh/kubeconform cmd/kubeconform     # objects
CT           := ct            v3.14.0 github.com/helm/chart-testing/v3 ct              # chart
GOLANGCI     := golangci-lint v2.15.0 github.com/golangci/golangci-lint/v2 cmd/golangci-lint # Go
GOVULNCHECK  := govulncheck   v1.9.0  golang.org/x/vuln cmd/govulncheck                # vulnerabilities

ACTIONLINT   := actionlint    v1.7.12 github.com/rhysd/actionlint cmd/actionlint       # workflows
KREW         := krew          v0.4.3  sigs.k8s.io/krew cmd/krew                        # a release, as its users have it

# Not among the tools: it takes minutes to build, and only make spantest-jaeger runs it.
JAEGER       := jaeger        v1.76.0 github.com/jaegertracing/jaeger cmd/jaeger       # spantest

GO_TOOLS := HELM3 HELM4 HELM_DOCS HELM_SCHEMA UNTT KUBECONFORM CT GOLANGCI GOVULNCHECK ACTIONLINT KREW

# The Istio whose custom resource definitions check the examples, and the Kubernetes
# the examples are rendered for (one of those in requirements.txt's kubernetes-validate).
ISTIO_API       := v1.32.0
KUBE_VERSION    := 1.34.0
