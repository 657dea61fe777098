// Package yamltree reads YAML into nodes that know their positions, and finds
// places in them: by a [Path], by a key, or by walking.
//
// Keys, merge keys and single values mean what Helm and istioctl make of them,
// which read YAML 1.1: the last entry of a map wins, one that `<<` merges in
// included, and `yes` is true. Aliases are followed wherever a value is asked
// for. [Read] bounds what they stand for and how deep a document is, so that
// nothing that walks a tree has to.
package yamltree
