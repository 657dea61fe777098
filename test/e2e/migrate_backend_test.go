//go:build e2e

package e2e_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/bookinfo"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/migrate"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/results"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// What the steps of a move to a backend are told by.
const (
	minuteLater = "sleep 60"          // proxies have let go of the old provider after this step
	compares    = "doctor compare"    // both take every span
	cuts        = "values-drain.yaml" // LightStep gets nothing more
	drains      = "until drained"     // its queue becomes empty
	forgets     = "delete secret"     // what nothing uses any more
	verifies    = "migrate --verify"  // nothing of LightStep is left
	anHour      = "--for 1h"          // as it is printed
	minutes     = "--for 10m"         // which is as good for so few spans
	inTime      = 10 * time.Second    // a span is accepted by a collector
	longest     = 15 * time.Minute    // that a step may take
)

// take runs the commands of a step as they are printed, and does what the step leaves
// to people. Those that only read have the rights that docs/migrate-rbac.yaml names.
func (m *migration) take(t *testing.T, step migrate.Step) (string, error) {
	t.Helper()
	ctx := t.Context()
	m.shell.Time = longest
	switch {
	case strings.Contains(step.Run, compares):
		require.Contains(t, step.Run, anHour)
		_, err := m.reading(ctx, "{\n"+strings.Replace(step.Run, anHour, minutes, 1)+"} 2>compared")
		said, _ := m.run(ctx, "cat compared")
		m.step("%s", strings.TrimSpace(said))
		return said, err
	case strings.Contains(step.Run, drains), strings.Contains(step.Run, verifies):
		said, err := m.reading(ctx, step.Run)
		m.step("%s", strings.TrimSpace(said))
		return said, err
	case strings.Contains(step.Run, forgets):
		m.letGo(t, step)
	}
	return m.run(ctx, step.Run)
}

// reading runs commands with the rights that are documented.
func (m *migration) reading(ctx context.Context, commands string) (string, error) {
	return m.run(ctx, "MINE=$KUBECONFIG KUBECONFIG="+m.rights+"\n"+strings.TrimRight(commands, "\n")+"\nKUBECONFIG=$MINE")
}

// letGo removes what the users of this mesh have of LightStep: the step refuses to
// delete a Secret that pods mount, so the mount goes first, and LightStep's collector goes
// with its namespace.
func (m *migration) letGo(t *testing.T, step migrate.Step) {
	t.Helper()
	ctx := t.Context()
	_, err := m.run(ctx, step.Run)
	require.ErrorContains(t, err, "these still name a Secret that is to go")
	require.NoError(t, m.cluster.Apply(ctx, m.Application, m.deployments(t, tree{})))
	require.NoError(t, m.cluster.Ready(ctx, m.Application))
	require.Eventually(t, func() bool {
		said, err := m.run(ctx, "kubectl get pods -n "+m.Application+" -o jsonpath='{.items[*].spec.volumes[*].secret.secretName}'")
		return err == nil && !strings.Contains(said, "lightstep.cacert")
	}, 2*time.Minute, time.Second, "pods that mount the Secret are gone")
	m.step("applications no longer mount the CA")
	m.old, err = m.satellite.Spans(ctx)
	require.NoError(t, err)
	require.NoError(t, m.cluster.DeleteNamespace(ctx, m.satellite.Namespace))
	m.step("LightStep's collector is gone")
}

// lightstep gives what LightStep got.
func (m *migration) lightstep(ctx context.Context) ([]spantest.RecordedSpan, error) {
	if m.old != nil {
		return m.old, nil
	}
	return m.satellite.Spans(ctx)
}

// arrives tells when the first span of the mesh was seen at the other backend: `helm test` sends one of its own before.
func (m *migration) arrives(ctx context.Context) <-chan time.Time {
	at := make(chan time.Time, 1)
	go func() {
		for ctx.Err() == nil {
			spans, err := m.backend.Spans(ctx)
			ofMesh := func(s spantest.RecordedSpan) bool { return s.Service != testService }
			if err == nil && slices.ContainsFunc(spans, ofMesh) { // What fails is asked again.
				at <- time.Now()
				return
			}
			time.Sleep(time.Second)
		}
	}()
	return at
}

// lost waits for the spans of requests at a backend, and says which are lost.
func (m *migration) lost(
	t *testing.T, at func(context.Context) ([]spantest.RecordedSpan, error), sent spantest.Sent, patience time.Duration,
) migrate.Account {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		spans, err := at(t.Context())
		require.NoError(t, err)
		account := migrate.Take(m.trees, spans, sent)
		if account.Lost == 0 || time.Now().After(deadline) {
			return account
		}
		time.Sleep(time.Second)
	}
}

// stepOf gives when the step was taken that has this among its commands.
func (m *migration) stepOf(t *testing.T, has string) taken {
	t.Helper()
	for _, took := range m.took {
		if strings.Contains(took.step.Run, has) {
			return took
		}
	}
	require.Fail(t, "no step has "+has)
	return taken{}
}

// judge states what was lost, and where, and requires that no request failed and that
// none has lost a span: at LightStep until the cut, and at the other backend from when
// proxies have let go of the old provider.
func (m *migration) judge(t *testing.T, sent spantest.Sent) {
	t.Helper()
	assert.NoError(t, sent.Err(), "no request fails")
	cut, both, compared := m.stepOf(t, cuts).start.Add(-arrival), m.stepOf(t, minuteLater).end, m.stepOf(t, compares)
	result := migrate.Outcome{
		Setup: m.setup(t), From: m.Istio.Version, To: migratesTo,
		Backend: migratesOn.Name, Requests: len(sent.Requests()), Failed: len(sent.Failed()),
		LightStep: m.lost(t, m.lightstep, sent.Between(time.Time{}, cut), arrival),
		Other:     m.lost(t, m.backend.Spans, sent.Between(both, time.Time{}), arrival),
	}
	select {
	case at := <-m.arrived:
		result.FirstSpan = at.Sub(m.took[0].start).Round(time.Second).Seconds()
	case <-time.After(inTime):
		require.Fail(t, "no span was seen at the other backend")
	}
	require.Positive(t, result.FirstSpan)
	for i, took := range m.took {
		until := time.Now()
		if i+1 < len(m.took) {
			until = m.took[i+1].start
		}
		of := migrate.OfStep{
			Number: took.step.Number, Seconds: took.end.Sub(took.start).Round(time.Second).Seconds(),
			Requests: len(sent.Between(took.start, until).Requests()),
		}
		if took.start.Before(cut) {
			end := until
			if end.After(cut) {
				end = cut
			}
			of.LightStep = new(m.lost(t, m.lightstep, sent.Between(took.start, end), 0))
		}
		if until.After(both) {
			start := took.start
			if start.Before(both) {
				start = both
			}
			of.Other = new(m.lost(t, m.backend.Spans, sent.Between(start, until), 0))
		}
		result.Steps = append(result.Steps, of)
		m.step("from step %d on: LightStep: %v; %s: %v", of.Number, of.LightStep, migratesOn.Name, of.Other)
	}
	result.Settled = m.lost(t, m.backend.Spans, sent.Between(m.took[len(m.took)-1].end.Add(inTime), time.Time{}), 0)
	result.Both = m.exact(t, sent.Between(compared.start, cut))
	m.step("%s: %d of %d requests failed; LightStep: %s; %s: %s; both: %+v", t.Name(), result.Failed, result.Requests,
		result.LightStep, migratesOn.Name, result.Other, result.Both)
	require.Zero(t, result.LightStep.Lost, "spans are lost at LightStep: %v", result.LightStep.Missing)
	require.Zero(t, result.Other.Lost, "spans are lost at the other backend: %v", result.Other.Missing)
	require.Positive(t, result.Settled.Requests)
	require.GreaterOrEqual(t, result.Both.Requests, 1000)
	require.Equal(t, result.Both.Requests, result.Both.LightStep, "whole traces at LightStep")
	require.Equal(t, result.Both.Requests, result.Both.Other, "whole traces at the other backend")
	require.NoError(t, results.Write("results/migrate.json", result))
}

// exact counts the requests that have exactly their trace in each backend, of some that
// were sent while both took all.
func (m *migration) exact(t *testing.T, sent spantest.Sent) migrate.Both {
	t.Helper()
	spans, err := m.backend.Spans(t.Context())
	require.NoError(t, err)
	trees := bookinfo.Mesh{Namespace: m.Application, RouterSpan: true}.Trees()
	other, old := spantest.Judge(spans, sent, trees...), spantest.Judge(m.old, sent, trees...)
	return migrate.Both{Requests: other.Requests, LightStep: old.Complete, Other: other.Complete}
}
