// Package certificate checks that a text is what a proxy needs to verify a
// satellite pool: PEM blocks of certificate authorities that are valid now.
//
// Problems name a certificate by its subject and its dates, never by its
// bytes. The time is handed in; there is no clock here.
package certificate
