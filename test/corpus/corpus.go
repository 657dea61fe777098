// Package corpus holds cases of values with what is wrong with them. The Go
// evaluator, the chart's templates in process and both Helms must find exactly
// that in each: it is what keeps them one.
//
// A case is an entry of `cases` in one of this folder's YAML files:
//
//	name      what is shown
//	values    laid over the file's `base`, as a second -f; null takes a key away
//	set, set-string, set-json
//	          expressions as for the Helm flags of these names
//	live      what runs on the cluster
//	document  the user's control-plane document as {meshConfig, values}
//	want      what is found, in order, warnings too; [] where all is well
//	schema    true where the values schema refuses it, so that no rule is asked
//	paths     where the schema refuses it: Helm and Go name each
//
// {newest} in a file is the newest minor that the chart knows, {newest+1} the
// one after it, and {ab*3} is ababab.
package corpus

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
	"github.com/istio-lightstep/istio-lightstep/internal/helmengine"
)

//go:embed *.yaml
var files embed.FS

// Case is one set of values and what is wrong with it.
type Case struct {
	File      string         `json:"-"` // file that holds it
	Name      string         `json:"name"`
	Values    map[string]any `json:"values"` // the file's base laid under them
	Set       []string       `json:"set"`
	SetString []string       `json:"set-string"`
	SetJSON   []string       `json:"set-json"`
	Live      map[string]any `json:"live"`
	Document  map[string]any `json:"document"`
	Want      *[]Finding     `json:"want"` // never nil, but for schema cases
	Schema    bool           `json:"schema"`
	Paths     []string       `json:"paths"`
}

// Heavy tells of a case of what is too large, which takes seconds each time. The
// rules and Helm judge it, and what people are told of it is looked at; other
// readers of the corpus learn nothing of it.
func (c *Case) Heavy() bool { return c.File == "weight.yaml" }

// Finding names a problem.
type Finding struct {
	ID    string `json:"id"`
	Path  string `json:"path"`
	Items int    `json:"items"` // in a file: the finding is of so many items, the first, of the list at Path
}

// Cases gives all cases, by file and place in it.
func Cases() ([]Case, error) {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	dialects, err := dialect.Load()
	if err != nil {
		return nil, err
	}
	newest := dialects.Newest().Minor
	var all []Case
	seen := map[string]string{}
	for _, entry := range entries {
		data, err := files.ReadFile(entry.Name())
		if err != nil {
			return nil, err
		}
		var file struct {
			Base  map[string]any `json:"base"`
			Cases []Case         `json:"cases"`
		}
		if err := yaml.UnmarshalStrict([]byte(withRepeats(withMinors(string(data), newest))), &file); err != nil {
			return nil, fmt.Errorf("%s: %w", entry.Name(), err)
		}
		for _, c := range file.Cases {
			c.File = entry.Name()
			c.Values = helmengine.MergeFile(file.Base, c.Values)
			if err := c.check(seen); err != nil {
				return nil, fmt.Errorf("%s: case %q: %w", c.File, c.Name, err)
			}
			all = append(all, c)
		}
	}
	return all, nil
}

var minors = regexp.MustCompile(`\{newest(?:\+([1-9]))?\}`)

// withMinors writes the minors after the newest one into a file.
func withMinors(text, newest string) string {
	return minors.ReplaceAllStringFunc(text, func(found string) string {
		ahead, _ := strconv.Atoi(minors.FindStringSubmatch(found)[1]) // 0 where there is none
		major, minor, _ := strings.Cut(newest, ".")
		number, _ := strconv.Atoi(minor) // the newest is a minor
		return major + "." + strconv.Itoa(number+ahead)
	})
}

var repeats = regexp.MustCompile(`\{([A-Za-z0-9]+)\*([0-9]{1,7})\}`)

// withRepeats writes out what a file says to repeat.
func withRepeats(text string) string {
	return repeats.ReplaceAllStringFunc(text, func(found string) string {
		parts := repeats.FindStringSubmatch(found)
		times, _ := strconv.Atoi(parts[2]) // seven digits at most
		return strings.Repeat(parts[1], times)
	})
}

func (c *Case) check(seen map[string]string) error {
	if c.Name == "" {
		return errors.New("it has no name")
	}
	if file, ok := seen[c.Name]; ok {
		return fmt.Errorf("the name is taken in %s", file)
	}
	seen[c.Name] = c.File
	if c.Schema == (c.Want != nil) {
		return errors.New("it must have either want or schema: true")
	}
	if len(c.Paths) > 0 && !c.Schema {
		return errors.New("paths are those that the schema refuses")
	}
	if c.Want != nil {
		*c.Want = withItems(*c.Want)
	}
	return nil
}

// withItems writes out the findings of items.
func withItems(findings []Finding) []Finding {
	all := []Finding{}
	for _, f := range findings {
		if f.Items == 0 {
			all = append(all, f)
		}
		for i := range f.Items {
			all = append(all, Finding{ID: f.ID, Path: fmt.Sprintf("%s[%d]", f.Path, i)})
		}
	}
	return all
}

// User gives the values as the user gave them: the files and, over them, what
// was --set.
func (c *Case) User() (map[string]any, error) {
	// A copy, for setting changes maps deep down.
	data, err := json.Marshal(c.Values)
	if err != nil {
		return nil, err
	}
	values := map[string]any{}
	if err := json.Unmarshal(data, &values); err != nil {
		return nil, err
	}
	for _, flag := range c.flags() {
		for _, expr := range flag.exprs {
			if err := helmengine.Set(flag.name, expr, values, nil); err != nil {
				return nil, fmt.Errorf("%s %s: %w", flag.name, expr, err)
			}
		}
	}
	return values, nil
}

// Flags gives what is --set as arguments of Helm.
func (c *Case) Flags() []string {
	var args []string
	for _, flag := range c.flags() {
		for _, expr := range flag.exprs {
			args = append(args, flag.name, expr)
		}
	}
	return args
}

type flag struct {
	name  string
	exprs []string
}

// flags are in the order in which Helm takes them.
func (c *Case) flags() []flag {
	return []flag{
		{"--set-json", c.SetJSON},
		{"--set", c.Set},
		{"--set-string", c.SetString},
	}
}
