// Package release installs, upgrades, rolls back and removes the chart by the
// real helm, with values files as a user would write them, and renders its
// control-plane documents.
//
// Access tokens and keys reach Helm in files alone, never as arguments.
package release
