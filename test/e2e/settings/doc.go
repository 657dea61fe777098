// Package settings reads from environment variables what a run of the suite is
// to use: which Istio, which cluster, which names, and what to leave behind.
//
//	ISTIO            minor of Istio: 1.31 (default), 1.28 or 1.20
//	IMAGES           build (default) or pull: where the images come from
//	KEEP             1 leaves everything in place at the end
//	E2E_KUBECONFIG   a cluster of your own, in place of a new kind cluster
//	E2E_CONTEXT      the context in it; default its current one
//	E2E_INSTALLED    1: Istio runs on that cluster and is left as it is
//	E2E_GATEWAY      URL of the ingress gateway, if it cannot be found
//	E2E_VALUES       a values file that is given to Helm before the suite's own
//	E2E_RELEASE      name of the release; default istio-lightstep
//	E2E_NAMESPACE    namespace of the release; default istio-system
//	E2E_APPLICATION  namespace of Bookinfo; default "default"
//	E2E_ARTIFACTS    folder for logs and states of pods after a failure
//	E2E_KIND_CONFIG  kind's own configuration file, for the machine's quirks
//	HELM3            the helm to use; default "helm"
//
// A stage is skipped with terratest's SKIP_<stage>=true: cluster, istio,
// satellite, bookinfo, teardown.
package settings
