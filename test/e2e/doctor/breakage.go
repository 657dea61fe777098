package doctor

import (
	_ "embed"
	"fmt"
	"strings"

	"sigs.k8s.io/yaml"
)

// Delivery is how proxies send: by the collector, or to the satellite
// themselves.
type Delivery string

// The deliveries, as the chart names them.
const (
	Collector Delivery = "collector"
	Direct    Delivery = "direct"
)

// Breakage is one way to break a healthy mesh. Break and After are scripts for
// sh, run in a folder with the files of [Shell].
type Breakage struct {
	// Name is the row's own, for -run.
	Name string `json:"name"`
	// Finds is the id of the finding that doctor must have, and no other.
	Finds    string   `json:"finds"`
	Delivery Delivery `json:"delivery"`
	// What says in words what is done to the mesh.
	What  string `json:"what"`
	Break string `json:"break"`
	// Stand says what a user puts for a placeholder of the command that mends.
	Stand map[string]string `json:"stand"`
	// Instead is what a person does where doctor gives advice and no command.
	Instead string `json:"instead"`
	// After takes away what was made to break the mesh and does no harm any more.
	After string `json:"after"`
}

//go:embed breakages.yaml
var table []byte

// Table gives every breakage, in the order in which a span travels.
func Table() ([]Breakage, error) {
	var rows []Breakage
	if err := yaml.UnmarshalStrict(table, &rows); err != nil {
		return nil, fmt.Errorf("breakages.yaml: %w", err)
	}
	names := map[string]bool{}
	for i := range rows {
		b := &rows[i]
		if b.Delivery == "" {
			b.Delivery = Collector
		}
		if b.Name == "" {
			b.Name = b.Finds
		}
		key := string(b.Delivery) + "/" + b.Name
		if names[key] || b.Finds == "" || b.What == "" || b.Break == "" {
			return nil, fmt.Errorf("breakages.yaml: row %d, %s, stands there twice or lacks something", i+1, key)
		}
		names[key] = true
	}
	return rows, nil
}

// command is the command that mends, with what stands for its placeholders.
func (b Breakage) command(mend string) string {
	for placeholder, stands := range b.Stand {
		mend = strings.ReplaceAll(mend, placeholder, stands)
	}
	return mend
}
