package render

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// hidden are the secrets among the values, as far as these could be read.
func (e *examination) hidden() redact.Hidden {
	given := e.coalesced
	if given == nil {
		given = e.user.User()
	}
	return e.public.Hidden(map[string]any{"values": given})
}

// add adds problems that the rules did not find. Their words may quote keys and
// names of others.
func (e *examination) add(problems ...problem.Problem) {
	hidden := e.hidden()
	for _, p := range problems {
		if path, shown := redact.Key(p.Path), redact.Key(e.shownPath(hidden, p.Path)); shown != path {
			p.Reason, p.Fix = strings.ReplaceAll(p.Reason, path, shown), strings.ReplaceAll(p.Fix, path, shown)
		}
		p.Reason, p.Fix = hidden.Mask(p.Reason), hidden.Mask(p.Fix)
		e.problems = append(e.problems, p)
	}
}

// hide masks the secrets in where a problem is.
func (e *examination) hide(hidden redact.Hidden, p *problem.Problem) {
	p.Path = redact.Key(e.shownPath(hidden, p.Path))
	if flag := setFlag.FindStringSubmatch(p.File); flag != nil {
		p.File = flag[1] + redact.Key(e.shownPath(hidden, flag[2])) + flag[3]
	}
	p.File = hidden.Mask(p.File)
}

// setFlag is a flag in the place of a file: --set istio.version=…
var setFlag = regexp.MustCompile(`^(--set[a-z-]* )(.+)(=…)$`)

// shownPath is a path in which each key that is or has a secret is masked, but
// for those that the chart declares.
func (e *examination) shownPath(hidden redact.Hidden, path string) string {
	steps := yamltree.Parse(path)
	_, declared := steps.In(e.defaults)
	shown, masked := steps[:declared].String(), false
	for _, step := range steps[declared:] {
		switch key, isKey := step.(string); {
		case !isKey:
			shown += yamltree.Path{step}.String()
		case hidden.Mask(key) != key:
			shown, masked = shown+"."+redact.Redacted, true
		default:
			shown += "." + yamltree.Path{step}.String()
		}
	}
	if !masked {
		return path // as it was written
	}
	return strings.TrimPrefix(shown, ".")
}

// shortest is the length from which a value is looked for in the text of an
// error that quotes no value of that length by itself.
const shortest = 6

// redacted takes values out of the text of an error from the templates, some
// of which quote what they were given: the secrets, and whatever the user gave
// that is not public, whether the text quotes it as it is or as Go does.
func (e *examination) redacted(err error) error {
	said := err.Error()
	unknown := slices.Clone(e.hidden())
	e.unknown([]string{"values"}, e.user.User(), &unknown)
	slices.SortStableFunc(unknown, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	text := said
	for _, value := range unknown {
		quoted := strconv.Quote(value)
		text = strings.ReplaceAll(text, quoted, strconv.Quote(redact.Redacted))
		if len(value) >= shortest {
			text = strings.ReplaceAll(text, quoted[1:len(quoted)-1], redact.Redacted)
			text = strings.ReplaceAll(text, value, redact.Redacted)
		}
	}
	if text == said {
		return err
	}
	return errors.New(text)
}

// unknown collects the texts and the keys of the user that no entry of public
// names.
func (e *examination) unknown(path []string, value any, into *redact.Hidden) {
	switch value := value.(type) {
	case string:
		text := strings.TrimSpace(value)
		if text != "" && !e.public.Entry(path).Shows(value) {
			*into = append(*into, text)
		}
	case []any:
		for _, item := range value {
			e.unknown(append(slices.Clone(path), "[]"), item, into)
		}
	case map[string]any:
		for key, item := range value {
			below := append(slices.Clone(path), key)
			if _, found := yamltree.Path(steps(below[1:])).In(e.defaults); found < len(below)-1 && strings.TrimSpace(key) != "" {
				*into = append(*into, key)
			}
			e.unknown(below, item, into)
		}
	}
}

// steps gives keys as the steps of a path.
func steps(keys []string) []any {
	all := make([]any, len(keys))
	for i, key := range keys {
		all[i] = key
	}
	return all
}
