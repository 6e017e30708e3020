// Package attach lets screens come and go while a run goes on: the run serves
// its pictures and takes commands on a unix socket that only its user can
// reach, and a screen in another process looks at it as at a run of its own.
//
// Screens pull: each asks for the newest picture when it has drawn the last
// one, so one that is stuck holds up nobody, and nothing queues for it.
package attach
