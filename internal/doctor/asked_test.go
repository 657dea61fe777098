package doctor

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	otelcol "github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// authorityPEM makes a certificate of a validity.
func authorityPEM(t *testing.T, authority bool, from, to time.Time) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "pool"}, NotBefore: from, NotAfter: to,
		IsCA: authority, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// authorities are CAs that something is wrong with, by the finding expected.
func authorities(t *testing.T) map[string]string {
	t.Helper()
	day := 24 * time.Hour
	good := authorityPEM(t, true, now.Add(-day), now.Add(365*day))
	return map[string]string{
		"LS-CA-LEAF":          authorityPEM(t, false, now.Add(-day), now.Add(365*day)),
		"LS-CA-EXPIRED":       authorityPEM(t, true, now.Add(-9*day), now.Add(-day)),
		"LS-CA-NOT-YET-VALID": authorityPEM(t, true, now.Add(day), now.Add(365*day)),
		"LS-CA-EXPIRES-SOON":  authorityPEM(t, true, now.Add(-day), now.Add(9*day)),
		"LS-CA-PRIVATE-KEY":   good + "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n",
		"LS-CA-DIFFERS":       good,
	}
}

// caChange puts another CA in a namespace's Secret.
func caChange(namespace, text string) change {
	return change{Patch: "Secret " + namespace + "/lightstep.cacert", With: map[string]any{
		"data": map[string]any{"cacert.pem": base64.StdEncoding.EncodeToString([]byte(text))},
	}}
}

func TestEachFaultOfACAHasItsOneFinding(t *testing.T) {
	t.Parallel()
	for id, text := range authorities(t) {
		for base, secret := range map[string]string{"direct": "bookinfo", "collector": "istio-system"} {
			if id == "LS-CA-DIFFERS" && base == "collector" {
				continue // there is one CA alone
			}
			t.Run(base+" "+id, func(t *testing.T) {
				t.Parallel()
				r := recordedBase(t, base)
				patch := caChange(secret, text)
				patch.apply(t, r)
				snapshot, d := examined(t, r)
				found := d.Examine(snapshot, nil)
				require.Equal(t, []string{id}, idsOf(found))
				assert.NotContains(t, found[0].Reason, "BEGIN")
				if base == "direct" {
					assert.Contains(t, found[0].Mend, "kubectl get secret lightstep.cacert --namespace istio-system")
				}
			})
		}
	}
}

const ourCluster = "outbound|4317||istio-lightstep-collector.istio-system.svc.cluster.local"

func proxyState(change func(*ProxyState)) *Observations {
	s := ProxyState{
		Pod: mesh.Ref{Namespace: "bookinfo", Name: "ratings-v1-7c9-a1"}, Workload: "deployment/ratings-v1", Revision: "default",
		Cluster: ourCluster, Configured: true, Endpoints: 2, Healthy: 2,
		Before: Counters{Connections: 1, Requests: 9, Succeeded: 9}, After: Counters{Connections: 1, Requests: 10, Succeeded: 10},
	}
	change(&s)
	return &Observations{Proxies: []ProxyState{s}}
}

// collectorSending is a replica that sends to these exporters, all as one.
func collectorSending(change func(*CollectorState, *exporterState), exporters ...string) *Observations {
	s := CollectorState{
		Pod:    mesh.Ref{Namespace: "istio-system", Name: "istio-lightstep-collector-0"},
		Before: map[string]otelcol.Counts{}, After: map[string]otelcol.Counts{}, Between: 3 * time.Second,
	}
	for _, id := range exporters {
		sent := otelcol.Counts{Sent: 10, Queue: otelcol.Queue{Known: true, Capacity: 100}}
		one := &exporterState{id: id, Before: sent, After: sent}
		change(&s, one)
		s.Before[id], s.After[id] = one.Before, one.After
	}
	return &Observations{Collectors: []CollectorState{s}}
}

// exporterState is what a replica counts for one exporter.
type exporterState struct {
	id            string
	Before, After otelcol.Counts
}

func collectorState(change func(*CollectorState, *exporterState)) *Observations {
	return collectorSending(change, otelcol.Exporter)
}

func volumeState(change func(*VolumeState)) *Observations {
	v := VolumeState{
		Pod: mesh.Ref{Namespace: "istio-system", Name: "istio-lightstep-collector-0"}, Claim: "queue-istio-lightstep-collector-0",
		Capacity: 100, Used: 50, Free: 50, Inodes: 10, InodesFree: 9,
	}
	change(&v)
	return &Observations{Volumes: []VolumeState{v}}
}

func failure(cause Cause, ago time.Duration) func(*CollectorState, *exporterState) {
	return func(s *CollectorState, x *exporterState) {
		s.Failures = append(s.Failures, Failure{Exporter: x.id, Cause: cause, First: now.Add(-ago - time.Second), Last: now.Add(-ago), Count: 3})
		if cause == CauseToken {
			x.Before.SendFailed, x.After.SendFailed = 40, 40
		} else {
			x.Before.Queue.Size, x.After.Queue.Size = 12, 12
		}
	}
}

// asked are answers of proxies and collectors, by the finding expected; "" is
// none.
func asked() map[string][]*Observations {
	return map[string][]*Observations{
		"": {
			proxyState(func(*ProxyState) {}),
			proxyState(func(s *ProxyState) { s.Before, s.After = Counters{}, Counters{} }),
			// Failed once, exporting now.
			proxyState(func(s *ProxyState) { s.Before.Failed, s.After.Failed, s.After.ConnectFailures = 5, 5, 7 }),
			proxyState(func(s *ProxyState) { s.Err, s.Configured = "no answer in time", false }),
			collectorState(func(*CollectorState, *exporterState) {}),
			collectorState(failure(CauseToken, time.Hour)),
			collectorState(func(s *CollectorState, x *exporterState) { failure(CauseToken, time.Second)(s, x); x.After.Sent = 11 }),
			collectorState(func(_ *CollectorState, x *exporterState) { x.Before.SendFailed, x.After.SendFailed = 7, 7 }),
			volumeState(func(*VolumeState) {}),
			volumeState(func(v *VolumeState) { v.Used, v.Free, v.Inodes, v.InodesFree = 84, 16, 0, 0 }),
			volumeState(func(v *VolumeState) { v.Used, v.Free = 30, 10 }), // the rest is kept for root
			volumeState(func(v *VolumeState) { v.InodesFree = 11 }),       // no figure that makes sense
			volumeState(func(v *VolumeState) { v.Pod.Name, v.Free = "db-0", 0 }),
		},
		"LS-COLLECTOR-VOLUME-FILLING": {
			volumeState(func(v *VolumeState) { v.Used, v.Free = 86, 14 }),
			volumeState(func(v *VolumeState) { v.Used, v.Free = 45, 5 }),
			volumeState(func(v *VolumeState) { v.InodesFree = 1 }),
		},
		"LS-PROXY-NOT-CONFIGURED": {proxyState(func(s *ProxyState) { s.Configured = false })},
		"LS-PROXY-FAILING": {
			proxyState(func(s *ProxyState) { s.After.Succeeded, s.After.ConnectFailures = 9, 1 }),
			proxyState(func(s *ProxyState) { s.After.Succeeded, s.After.Failed = 9, 1 }),
			proxyState(func(s *ProxyState) { s.Endpoints = 0 }),
			proxyState(func(s *ProxyState) {
				s.Before = Counters{Requests: 3, ConnectFailures: 3}
				s.After = s.Before
			}),
		},
		"LS-COLLECTOR-TOKEN-REFUSED": {collectorState(failure(CauseToken, time.Second))},
		"LS-COLLECTOR-TLS":           {collectorState(failure(CauseAuthority, time.Second)), collectorState(failure(CauseName, time.Second))},
		"LS-COLLECTOR-UNAVAILABLE":   {collectorState(failure(CauseRefused, time.Second)), collectorState(failure(CauseLookup, time.Second))},
		"LS-COLLECTOR-VOLUME-FULL":   {collectorState(failure(CauseDisk, time.Second)), volumeState(func(v *VolumeState) { v.Free = 0 })},
		"LS-COLLECTOR-QUEUE-FULL":    {collectorState(func(_ *CollectorState, x *exporterState) { x.After.Queue.Size = 100 })},
		"LS-COLLECTOR-QUEUE-FILLING": {collectorState(func(_ *CollectorState, x *exporterState) { x.After.Queue.Size = 85 })},
		"LS-COLLECTOR-NO-QUEUE":      {collectorState(func(_ *CollectorState, x *exporterState) { x.After.Queue = otelcol.Queue{} })},
		"LS-COLLECTOR-DROPPING":      {collectorState(func(_ *CollectorState, x *exporterState) { x.After.SendFailed = 2 })},
	}
}

func TestEachAnswerHasItsOneFinding(t *testing.T) {
	t.Parallel()
	snapshot, d := examined(t, recordedBase(t, "collector"))
	for id, all := range asked() {
		for _, seen := range all {
			found := d.Examine(snapshot, seen)
			if id == "" {
				assert.Empty(t, found)
				continue
			}
			require.Equal(t, []string{id}, idsOf(found))
			for _, text := range []string{found[0].Lost, found[0].Reason, found[0].Mend} {
				assert.NotEmpty(t, text)
			}
			assert.NotRegexp(t, unfilled, found[0].Reason+found[0].Lost)
		}
	}
}

// withDrained gives what is found where the backend otlp_http/old is drained.
func withDrained(t *testing.T, queues map[string]otelcol.Queue) []finding.Finding {
	t.Helper()
	snapshot, d := examined(t, recordedBase(t, "collector"))
	for i := range snapshot.CollectorConfigs {
		data := snapshot.CollectorConfigs[i].Data
		data["config.yaml"] = strings.Replace(data["config.yaml"], "pipelines:", "pipelines:\n    traces/drained: {exporters: [otlp_http/old]}", 1)
		require.Contains(t, data["config.yaml"], "otlp_http/old")
	}
	return d.Examine(snapshot, collectorState(func(s *CollectorState, _ *exporterState) {
		for id, queue := range queues {
			s.After[id] = otelcol.Counts{Queue: queue}
		}
	}))
}

// TestADrainedQueue is reported until it is known to be empty.
func TestADrainedQueue(t *testing.T) {
	t.Parallel()
	full := otelcol.Queue{Known: true, Size: 12, Capacity: 100}
	for name, c := range map[string]struct {
		queues map[string]otelcol.Queue
		reason string
	}{
		"waits":   {map[string]otelcol.Queue{"otlp_http/old": full}, "the queue of otlp_http/old in istio-lightstep-collector-0 is 12 % full, and the backend gets no new spans"},
		"unknown": {nil, "the queue of otlp_http/old in istio-lightstep-collector-0 is unknown, and the backend gets no new spans"},
		"empty":   {map[string]otelcol.Queue{"otlp_http/old": {Known: true, Capacity: 100}, "otlp_http/new": full}, ""},
	} {
		found := withDrained(t, c.queues)
		if c.reason == "" {
			assert.Empty(t, found, name)
			continue
		}
		require.Equal(t, []string{"LS-COLLECTOR-DRAINING"}, idsOf(found), name)
		assert.Equal(t, c.reason, found[0].Reason)
	}
}

// TestACollectorThatReadItsTokenAtItsStart has a satellite without TLS, for
// which the collector has the token in its environment.
func TestACollectorThatReadItsTokenAtItsStart(t *testing.T) {
	t.Parallel()
	r := recordedBase(t, "collector")
	var stale []change
	readYAML(t, "stale-token.yaml", &stale)
	for i, c := range stale {
		c.apply(t, r)
		snapshot, d := examined(t, r)
		if i < len(stale)-1 {
			continue
		}
		assert.Equal(t, []string{"LS-COLLECTOR-TOKEN-STALE"}, idsOf(d.Examine(snapshot, nil)))
	}
}

// TestACollectorThatReadsAChangedCAIsNotStale has the chart's container beside
// the collector.
func TestACollectorThatReadsAChangedCAIsNotStale(t *testing.T) {
	t.Parallel()
	r := recordedBase(t, "collector")
	var reloads []change
	readYAML(t, "reloads.yaml", &reloads)
	for _, c := range reloads {
		c.apply(t, r)
	}
	snapshot, d := examined(t, r)
	assert.Empty(t, idsOf(d.Examine(snapshot, nil)))
}

// TestCountersOfEndpointsThatWentAreNoFailures has a collector replaced between
// the two looks.
func TestCountersOfEndpointsThatWentAreNoFailures(t *testing.T) {
	t.Parallel()
	proxy := ProxyState{
		Configured: true, Endpoints: 1, Healthy: 1,
		Before: Counters{Connections: 4, ConnectFailures: 3, Requests: 90, Succeeded: 80, Failed: 10},
		After:  Counters{Connections: 2, Requests: 9, Succeeded: 9},
	}
	assert.Empty(t, proxy.problem())
}

// TestEveryFindingIsTested keeps the catalogue and these tables together.
func TestEveryFindingIsTested(t *testing.T) {
	t.Parallel()
	tested := map[string]bool{"LS-COLLECTOR-TOKEN-STALE": true, "LS-COLLECTOR-DRAINING": true}
	for _, b := range breakages(t) {
		tested[b.ID] = true
	}
	for id := range authorities(t) {
		tested[id] = true
	}
	for id := range asked() {
		tested[id] = true
	}
	for id := range elsewhere {
		tested[id] = true
	}
	delete(tested, "")
	_, d := examined(t, recordedBase(t, "collector"))
	var known []string
	for _, k := range d.catalogue.Kinds() {
		known = append(known, k.ID)
	}
	slices.Sort(known)
	assert.Equal(t, known, slices.Sorted(maps.Keys(tested)))
}

func TestWhatCannotBeSeenIsAGapAndNoPass(t *testing.T) {
	t.Parallel()
	for _, denied := range []string{
		"secrets", "configmaps", "pods", "namespaces", "services", "events", "networkpolicies.networking.k8s.io", "deployments.apps",
		"telemetries.telemetry.istio.io", "destinationrules.networking.istio.io", "endpointslices.discovery.k8s.io",
		"mutatingwebhookconfigurations.admissionregistration.k8s.io",
	} {
		t.Run(denied, func(t *testing.T) {
			t.Parallel()
			for _, base := range []string{"collector", "direct"} {
				r := recordedBase(t, base)
				r.Denied = []string{denied}
				snapshot, d := examined(t, r)
				if denied == "services" && base == "direct" || denied == "endpointslices.discovery.k8s.io" && base == "direct" {
					continue // no Service is asked for
				}
				require.NotEmpty(t, snapshot.Gaps, base)
				assert.Contains(t, snapshot.Gaps[0].Why, "permission denied")
				assert.Empty(t, d.Examine(snapshot, nil), base)
			}
		})
	}
}

func TestNoFindingHoldsASecret(t *testing.T) {
	t.Parallel()
	for _, b := range breakages(t) {
		r := recordedBase(t, b.Base)
		for _, c := range b.Break {
			c.apply(t, r)
		}
		snapshot, d := examined(t, r)
		for _, f := range d.Examine(snapshot, nil) {
			text := f.Lost + f.Reason + f.Mend + f.Subject
			for _, secret := range []string{"example-access-token", "s3cret", "BEGIN CERTIFICATE"} {
				assert.NotContains(t, text, secret, f.ID)
			}
		}
	}
}
