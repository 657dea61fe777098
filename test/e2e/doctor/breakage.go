package doctor

import (
	"fmt"
	"os"
	"path/filepath"
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
	Finds    string   `json:"-"`
	Delivery Delivery `json:"delivery"`
	// What says in words what is done to the mesh.
	What  string `json:"-"`
	Break string `json:"break"`
	// Stand says what a user puts for a placeholder of the command that mends.
	Stand map[string]string `json:"stand"`
	// Instead is what a person does where doctor gives advice and no command.
	Instead string `json:"instead"`
	// After takes away what was made to break the mesh and does no harm any more.
	After string `json:"after"`
}

// TableFile is the catalogue of breakages, from the repository's root. It is
// that of doctor's unit tests too, which break a recorded mesh in the same ways.
const TableFile = "internal/doctor/testdata/breakages.yaml"

// Table gives every breakage of the catalogue that a real mesh can have, in the
// order in which a span travels. It takes the folder of the repository's root.
func Table(root string) ([]Breakage, error) {
	data, err := os.ReadFile(filepath.Join(root, TableFile))
	if err != nil {
		return nil, fmt.Errorf("read the breakages: %w", err)
	}
	var all []struct {
		ID       string         `json:"id"`
		What     string         `json:"what"`
		Recorded map[string]any `json:"recorded"`
		Mesh     *Breakage      `json:"mesh"`
	}
	if err := yaml.UnmarshalStrict(data, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", TableFile, err)
	}
	var rows []Breakage
	names := map[string]bool{}
	for i, row := range all {
		if row.Mesh == nil {
			continue
		}
		b := *row.Mesh
		b.Finds, b.What = row.ID, row.What
		if b.Delivery == "" {
			b.Delivery = Collector
		}
		if b.Name == "" {
			b.Name = b.Finds
		}
		key := string(b.Delivery) + "/" + b.Name
		if names[key] || b.Finds == "" || b.What == "" || b.Break == "" {
			return nil, fmt.Errorf("%s: row %d, %s, stands there twice or lacks something", TableFile, i+1, key)
		}
		names[key] = true
		rows = append(rows, b)
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
