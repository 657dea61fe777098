//go:build e2e || all

package e2e_test

import "testing"

// item is one thing that the mesh must show. Items run one after the other on
// the same mesh; -run TestMesh/NAME picks.
type item struct {
	name string
	test func(*testing.T, *mesh)
}

func TestMesh(t *testing.T) {
	m := newMesh(t)
	for _, i := range items {
		t.Run(i.name, func(t *testing.T) {
			i.test(t, m)
			if !t.Failed() {
				m.step("ok: %s", i.name)
			}
		})
	}
}
