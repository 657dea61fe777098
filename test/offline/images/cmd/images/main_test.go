package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRefusals(t *testing.T) {
	t.Setenv("ISTIO_LIGHTSTEP_CACHE", t.TempDir())
	tests := map[string]struct {
		args []string
		want string
	}{
		"no command":      {nil, "usage: images"},
		"unknown command": {[]string{"bake"}, `no command "bake", usage: images`},
		"unknown image":   {[]string{"build", "jaeger"}, "no image jaeger in images.yaml, which has:\n  kindest/node"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			assert.ErrorContains(t, run(t.Context(), test.args, &out), test.want)
			assert.Empty(t, out.String())
		})
	}
}
