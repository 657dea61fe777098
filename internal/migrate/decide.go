package migrate

import (
	"context"
)

// decisions are what becomes of each fact, and why: the ledger, the values, and
// what goes, for the steps to name.
type decisions struct {
	*facts
	*ledger
	to    target
	blind bool // not all of a cluster could be looked at

	lightstep bool // spans are sent to LightStep
	leftover  bool // all that is LightStep's is a provider that nothing uses
	partial   bool // the mesh itself sends to another backend, or none
	workloads bool // only workloads' own configurations send to LightStep
	roles     map[*provider]role
	taken     map[string]bool // names of extension providers that go
	needing   *needing
	routed    map[*document]bool // ServiceEntries and DestinationRules that were dealt with

	plan          plan
	gateways      map[string]bool // those that mount the CA
	narrow        []narrowUse
	values        map[string]any    // of this chart
	valuesDrained map[string]any    // the same while LightStep's queue is emptied; nil where there is no such time
	valuesAfter   map[string]any    // the same without LightStep, after that
	unused        map[string]string // values that were found and left out, and why
	token         string            // the access token, where one was found
}

// plan is what goes, as the steps name it.
type plan struct {
	kind            string          // of extension provider that is configured: lightstep, direct, collector or ours
	defaultProvider string          // that was taken out of defaultProviders
	telemetries     []object        // mesh-wide Telemetries
	narrowGone      []object        // others
	narrow          map[*input]bool // files with others that were changed
	routes          []object        // what led to the old provider
	tokenSecret     string          // that is of no use without LightStep
}

// decide decides what becomes of facts, on the way to an Istio.
func decide(ctx context.Context, f *facts, to target, blind bool) (*decisions, error) {
	m := &decisions{
		facts: f, ledger: f.notes.after(), to: to, blind: blind, roles: map[*provider]role{}, taken: map[string]bool{},
		routed: map[*document]bool{}, gateways: map[string]bool{}, values: map[string]any{}, unused: map[string]string{},
		plan: plan{narrow: map[*input]bool{}},
	}
	m.nameFilters()
	m.nameOtherExporters()
	m.chooseProviders()
	switch {
	case m.lightstep:
		m.takeSettings()
		m.nameUnknown()
		m.tellWorkloads()
		m.takeTracers()
		m.takeProviders()
		if err := m.takeObjects(ctx); err != nil {
			return nil, err
		}
		m.takeCollectors()
		m.takeTelemetries()
		m.tellOtherUses()
		m.tellUncovered()
		return m, m.settle(ctx)
	case m.leftover:
		m.takeProviders()
		m.tellOtherUses()
		m.tellUncovered()
	}
	return m, nil
}
