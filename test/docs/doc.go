// Package docs reads the commands that the documentation tells people to type,
// so that tests run them as they stand there.
//
// A fenced block without a language, or of sh, bash, shell or console, holds
// commands; output is fenced as text. Lines behind `$ ` are commands too, and
// what follows them is what they print. Which suite runs a command is a matter
// of its first words: commands.yaml has the table. A command that no suite runs
// has its reason in a comment right above the fence:
//
//	<!-- not run: needs an account -->
package docs
