// Package kubetypes writes Kubernetes' own types into the chart's
// values.schema.json, for the values that become parts of Kubernetes objects as
// they are: Helm itself then refuses what the API server would refuse, or drop
// without a word. Fields and their types are read of k8s.io/api, what else the
// API server checks is in extra.yaml.
package kubetypes
