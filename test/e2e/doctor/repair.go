package doctor

import "context"

// save keeps what the installation of Istio made and a breakage may change.
const save = `
for name in istio istio-sidecar-injector; do
  kubectl get configmap $name --namespace istio-system --output yaml | sed -e '/^  resourceVersion:/d' -e '/^  uid:/d' >saved-$name.yaml
done
`

// undo takes away all that breakages make, whatever of it is there. What the
// chart made is put back by an upgrade.
const undo = `
small-volume remove
for name in istio istio-sidecar-injector; do kubectl replace --force --filename saved-$name.yaml; done
kubectl label namespace default --overwrite istio-injection=enabled pod-security.kubernetes.io/enforce-
kubectl scale deployment/istiod --namespace istio-system --replicas 1
kubectl delete telemetry,sidecar,networkpolicy --all --namespace default
kubectl delete --ignore-not-found --namespace istio-system telemetry/mesh-default destinationrule/default \
  networkpolicy/deny configmap/lightstep-istio-lightstep service/istio-lightstep-collector
kubectl delete --ignore-not-found --namespace istio-system statefulset/istio-lightstep-collector
kubectl set env deployment/istiod --namespace istio-system SHARED_MESH_CONFIG=istio-lightstep
kubectl patch deployment ratings-v1 --patch '{"spec":{"template":{"metadata":{"annotations":{"proxy.istio.io/config":null}}}}}'
`

// Save keeps what [Shell.Undo] puts back.
func (s *Shell) Save(ctx context.Context) error {
	_, err := s.Run(ctx, save)
	return err
}

// Undo takes away what a breakage left that was not mended.
func (s *Shell) Undo(ctx context.Context) error {
	_, err := s.Run(ctx, undo)
	return err
}
