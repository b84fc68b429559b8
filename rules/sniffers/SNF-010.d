/*---
id: SNF-010
version: 0.1.0
title: Tap on a TLS library
status: test
severity: high
confidence: medium
risk: 70
attack: {version: 18, techniques: [T1040]}
needs: {events: [host], complete: true}
dedup: {key: [process], for: 1h}
why: >
  A uprobe on SSL_read or SSL_write is given what is in an encrypted connection before it is encrypted, of every process that uses the
  library. Tools that show it (ecapture, bcc's sslsniff, bpftrace) are as good for an intruder as for who looks for a fault.
triage:
  - Which program made the probe, who started it, and where does what it reads go?
  - Is somebody looking for a fault with it? Observability agents do so all the time.
false_positives:
  - agents that show requests within TLS (Pixie, Beyla, Coroot, Datadog's); make exceptions of their executables
  - who looks for a fault with bpftrace, bcc or perf
blind_spots:
  - a library that is linked into a program without the names of its functions, or under other names (rustls, a stripped BoringSSL)
  - of several probes that one call makes (BPF_TRACE_UPROBE_MULTI) the first counts for its function, and the file for all
  - probes on what lies below TLS, in libcrypto, and on what lies above
  - ptrace(2), a library that is preloaded, /proc/PID/mem, a debugger
  - probes that were there before the watch began
references:
  - https://attack.mitre.org/techniques/T1040/
  - https://docs.kernel.org/trace/uprobetracer.html
  - https://github.com/iovisor/bcc/blob/master/tools/sslsniff.py
---*/
#pragma D option quiet

this string file;
this string function;
this int isTLS;

/* By the library's file, and by the function's name wherever it lies: libraries are linked into programs, and copied. */
uprobe:::attach
{
	this->file = basename(args[0]);
	this->function = args[4];
	this->isTLS = substr(this->file, 0, 6) == "libssl" || substr(this->file, 0, 9) == "libgnutls" ||
	    substr(this->file, 0, 7) == "libnspr" || substr(this->file, 0, 7) == "libnss3" ||
	    this->function == "SSL_read" || this->function == "SSL_read_ex" || this->function == "SSL_peek" ||
	    this->function == "SSL_write" || this->function == "SSL_write_ex" || this->function == "SSL_do_handshake" ||
	    this->function == "gnutls_record_recv" || this->function == "gnutls_record_send" ||
	    this->function == "PR_Read" || this->function == "PR_Recv" || this->function == "PR_Write" ||
	    this->function == "PR_Send" || this->function == "crypto/tls.(*Conn).Read" ||
	    this->function == "crypto/tls.(*Conn).Write";
}

uprobe:::attach
/this->isTLS/
{
	finding("%s put a probe into %s, at %s of every process that uses it", execname, args[0],
	    this->function == "" ? "some function" : this->function);
}
