package helmengine

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"reflect"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/ignore"
	"helm.sh/helm/v3/pkg/strvals"
)

// Chart is a loaded chart. It is safe for concurrent use.
type Chart struct {
	chart    *chart.Chart
	raw      map[string][]byte // every file, by its path in the chart
	metadata map[string]any    // `.Chart` of the templates
	files    files             // `.Files` of the templates
	programs *programs
}

// files are what the chart's `.Files` gives its templates: all files that are
// neither templates nor the chart's own, such as values.yaml.
type files map[string][]byte

// Get gives a file's text, "" where there is none.
func (f files) Get(path string) string { return string(f[path]) }

// Load reads the chart whose Chart.yaml is at the root of fsys. What the
// chart's .helmignore names is left out, as `helm` leaves it out. A chart with
// dependencies is refused: Helm changes such a chart at each render, so it
// could not be shared.
func Load(fsys fs.FS) (*Chart, error) {
	buffered, err := readFiles(fsys)
	if err != nil {
		return nil, fmt.Errorf("read chart: %w", err)
	}
	loaded, err := loader.LoadFiles(buffered)
	if err != nil {
		return nil, fmt.Errorf("load chart: %w", err)
	}
	if len(loaded.Metadata.Dependencies) > 0 || len(loaded.Dependencies()) > 0 {
		return nil, errors.New("load chart: a chart with dependencies is not supported")
	}
	c := &Chart{chart: loaded, raw: map[string][]byte{}, metadata: metadata(loaded), files: files{}}
	for _, f := range loaded.Raw {
		c.raw[f.Name] = f.Data
	}
	for _, f := range loaded.Files {
		c.files[f.Name] = f.Data
	}
	c.programs, err = parseAll(loaded)
	return c, err
}

// metadata gives Chart.yaml's fields by their Go names, and IsRoot. A map, for
// to find a field of Helm's struct takes a template ten times as long.
func metadata(c *chart.Chart) map[string]any {
	fields := map[string]any{"IsRoot": c.IsRoot()}
	value := reflect.ValueOf(c.Metadata).Elem()
	for _, field := range reflect.VisibleFields(value.Type()) {
		fields[field.Name] = value.FieldByIndex(field.Index).Interface()
	}
	return fields
}

// Name gives the chart's name.
func (c *Chart) Name() string { return c.chart.Metadata.Name }

// Version gives the chart's version, such as 1.2.3.
func (c *Chart) Version() string { return c.chart.Metadata.Version }

// File gives a copy of a file of the chart, by its path in the chart, such as
// files/rules.json. An ignored or absent file is an error.
func (c *Chart) File(path string) ([]byte, error) {
	data, ok := c.raw[path]
	if !ok {
		return nil, fmt.Errorf("chart %s: %s: %w", c.Name(), path, fs.ErrNotExist)
	}
	return bytes.Clone(data), nil
}

// utf8BOM is dropped from the start of files, as Helm drops it.
var utf8BOM = []byte{0xEF, 0xBB, 0xBF}

// readFiles reads what `helm` reads of a chart's folder, in the same order.
func readFiles(fsys fs.FS) ([]*loader.BufferedFile, error) {
	rules, err := ignoreRules(fsys)
	if err != nil {
		return nil, err
	}
	var files []*loader.BufferedFile
	err = fs.WalkDir(fsys, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == "." {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		switch ignored := rules.Ignore(path, info); {
		case ignored && entry.IsDir():
			return fs.SkipDir
		case ignored || entry.IsDir():
			return nil
		}
		data, err := fs.ReadFile(fsys, path)
		if err != nil {
			return err
		}
		files = append(files, &loader.BufferedFile{Name: path, Data: bytes.TrimPrefix(data, utf8BOM)})
		return nil
	})
	return files, err
}

func ignoreRules(fsys fs.FS) (*ignore.Rules, error) {
	rules := ignore.Empty()
	data, err := fs.ReadFile(fsys, ignore.HelmIgnore)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	default:
		if rules, err = ignore.Parse(bytes.NewReader(data)); err != nil {
			return nil, fmt.Errorf("%s: %w", ignore.HelmIgnore, err)
		}
	}
	rules.AddDefaults()
	return rules, nil
}

// Defaults gives a copy of the chart's own values.
func (c *Chart) Defaults() map[string]any {
	return c.Coalesce(nil)
}

// Coalesce lays the user's values over the chart's defaults, as Helm does: maps
// are merged, all else is replaced, and a null takes a default away. The user's
// map is left as it is, and the result shares nothing with it or the chart.
//
// Helm's own does this by way of reflection, which takes longer than to decode
// the values, and writes to the process's log where a map meets something else.
func (c *Chart) Coalesce(user map[string]any) map[string]any {
	return coalesce(c.chart.Values, user, true)
}

// coalesce lays over over under. At the root a null takes a key away that has
// no value in under, too; deeper down such a null stays.
func coalesce(under, over map[string]any, root bool) map[string]any {
	merged := make(map[string]any, len(under)+len(over))
	for key, value := range under {
		if _, ok := over[key]; !ok {
			merged[key] = deepCopy(value)
		}
	}
	for key, value := range over {
		below, known := under[key]
		if value == nil && known && (root || below != nil) {
			continue
		}
		belowMap, wasMap := below.(map[string]any)
		valueMap, isMap := value.(map[string]any)
		if isMap && wasMap {
			merged[key] = coalesce(belowMap, valueMap, false)
			continue
		}
		merged[key] = deepCopy(value)
	}
	return merged
}

// deepCopy copies what decoded YAML and --set are made of.
func deepCopy(value any) any {
	switch value := value.(type) {
	case map[string]any:
		copied := make(map[string]any, len(value))
		for key, item := range value {
			copied[key] = deepCopy(item)
		}
		return copied
	case []any:
		copied := make([]any, len(value))
		for i, item := range value {
			copied[i] = deepCopy(item)
		}
		return copied
	}
	return value
}

// MergeFile lays the values of one file over those of the files before it, as
// Helm merges several -f. Neither map is changed; the result shares parts of
// both.
func MergeFile(before, file map[string]any) map[string]any {
	merged := maps.Clone(before)
	if merged == nil {
		merged = make(map[string]any, len(file))
	}
	for key, value := range file {
		under, isMap := value.(map[string]any)
		over, wasMap := merged[key].(map[string]any)
		if isMap && wasMap {
			value = MergeFile(over, under)
		}
		merged[key] = value
	}
	return merged
}

// Set puts the expression of a flag, such as --set a.b=1,c[0]=x, into values as
// Helm does; read gives the content of a file that --set-file names. Its errors
// may hold the value.
func Set(flag, expr string, values map[string]any, read func(path string) ([]byte, error)) error {
	switch flag {
	case "--set":
		return strvals.ParseInto(expr, values)
	case "--set-string":
		return strvals.ParseIntoString(expr, values)
	case "--set-json":
		return strvals.ParseJSON(expr, values)
	case "--set-literal":
		return strvals.ParseLiteralInto(expr, values)
	case "--set-file":
		return strvals.ParseIntoFile(expr, values, func(path []rune) (any, error) {
			data, err := read(string(path))
			return string(data), err
		})
	}
	return fmt.Errorf("%s sets no values", flag)
}
