// Package settings reads from environment variables what a run of the suite is
// to use: which Istio, which cluster, which names, and what to leave behind.
//
//	ISTIO            minor of Istio: 1.31 (default), 1.28 or 1.20
//	IMAGES           build (default) or pull: where the images come from
//	KEEP             1 leaves everything in place at the end
//	E2E_CLUSTER      name of the kind cluster; default istio-lightstep. Two runs
//	                 at once need two
//	E2E_KUBECONFIG   a cluster of your own, in place of a new kind cluster
//	E2E_CONTEXT      the context in it; default its current one
//	E2E_INSTALLED    1: Istio runs on that cluster and is left as it is
//	E2E_GATEWAY      URL of the ingress gateway, if it cannot be found
//	E2E_VALUES       a values file that is given to Helm before the suite's own
//	E2E_RELEASE      name of the release; default istio-lightstep
//	E2E_NAMESPACE    namespace of the release; default istio-system
//	E2E_APPLICATION  namespace of Bookinfo; default "default"
//	E2E_ARTIFACTS    folder for logs and states of pods after a failure
//	E2E_KIND_CONFIG  kind's own configuration file, for the machine's quirks;
//	                 default kind.yaml of test/images/node, which is one node, or
//	                 for the fault suite kind-two-nodes.yaml
//	HELM3            the helm to use; default "helm"
//
// The fault suite restarts a node's kubelet and kills a collector's process. Both
// need nodes that are containers of this machine's Docker, as kind's are, and the
// first a node that has a collector and not the satellite; with two nodes the
// collectors must be on one each. The release tolerates the taint
// e2e=collector:NoSchedule.
//
// A stage is skipped with terratest's SKIP_<stage>=true: cluster, istio,
// satellite, bookinfo, teardown.
package settings
