// Package terminal writes text for people: in lines, and in colours where a
// terminal shows it.
package terminal
