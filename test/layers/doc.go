// Package layers tests that packages import only what docs/architecture.md
// allows them to. It has no code of its own.
package layers
