// Package settings reads what a run of the suite is to use: which tests, which
// Istio, which cluster, which names, and what to leave behind. [Table] lists
// every setting, with the variable of the environment that has its default.
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
