package backend

import (
	"slices"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

func (t *Target) words(said string) string { return redact.Said(said, t.secrets()...) }

// hide takes the secrets out of all that a step tells: a host name may be one.
func (t *Target) hide(step *Step) {
	secrets := t.secrets()
	step.Seen = redact.Without(step.Seen, secrets)
	step.Problems = slices.Clone(step.Problems)
	for i := range step.Problems {
		p := &step.Problems[i]
		p.Reason, p.Fix = redact.Without(p.Reason, secrets), redact.Without(p.Fix, secrets)
	}
}
