package migrate

import (
	"bytes"
	"path"
	"regexp"
	"slices"
)

// fileName is what may be the name of a file, without folders.
var fileName = regexp.MustCompile(`[-.\w]+`)

// findNamed finds which sources name others.
func (p *parsed) findNamed() {
	p.named = map[string][]*input{}
	lightSteps := map[string]bool{} // by name, whether such a file mentions LightStep: a key of that name is likely to be of it
	for _, in := range p.inputs {
		name := path.Base(in.Name)
		lightSteps[name] = lightSteps[name] || mentionsLightStep(string(in.Data))
	}
	for _, in := range p.inputs {
		if in.Live || in.file == nil || in.command != nil || len(in.file.Roots) == 0 && commandLine.Match(in.Data) {
			continue
		}
		for at := fileName.FindIndex(in.Data); at != nil; at = nameAfter(in.Data, at[1]) {
			word := string(in.Data[at[0]:at[1]])
			if by := p.named[word]; p.given[word] && len(by) < 2 && !slices.Contains(by, in) && (lightSteps[word] || !isKey(in.Data, at)) {
				p.named[word] = append(by, in)
			}
		}
	}
}

// nameAfter gives where the next such name stands: all of them at once would take much memory.
func nameAfter(data []byte, from int) []int {
	at := fileName.FindIndex(data[from:])
	if at != nil {
		at[0], at[1] = at[0]+from, at[1]+from
	}
	return at
}

// keyBefore and keyBehind find what stands beside a name that is the key of a map, or of an object's data.
var (
	keyBefore = regexp.MustCompile(`\b(?:valuesKey|key|subPath)["']?[ \t]*:[ \t]*["']?$`)
	keyBehind = regexp.MustCompile(`^["']?(?:[ \t]*:(?:\s|$)|=)`)
)

// isKey tells a word that is a key, and no name of a file, of an object that may have its data from anywhere.
func isKey(data []byte, at []int) bool {
	start := bytes.LastIndexByte(data[:at[0]], '\n') + 1
	return keyBefore.Match(data[max(start, at[0]-100):at[0]]) || keyBehind.Match(data[at[1]:min(len(data), at[1]+100)])
}
