/*---
id: EXF-010
version: 0.1.1
title: Paste, file-drop or webhook site
status: test
severity: medium
confidence: low
risk: 45
attack: {version: 18, techniques: [T1567.003, T1567.004]}
needs: {events: [packet], complete: true}
dedup: {key: [executable, name], for: 1d}
why: >
  Sites that take a text or a file from anybody, and those that hand on what is posted to them, are where scripts leave what they took. A
  server has no business there.
triage:
  - Which program asked, and who started it? A browser in somebody's hands is something else than a shell script.
  - Was something uploaded (`culprit flows`)?
false_positives:
  - browsers on people's desktops
  - chat integrations that post to webhooks on purpose
blind_spots:
  - sites that are not in the list, which is short
  - names within DNS over HTTPS and an encrypted ClientHello
references:
  - https://attack.mitre.org/techniques/T1567/003/
  - https://attack.mitre.org/techniques/T1567/004/
---*/
#pragma D option quiet

this string host;
this string domain;
this int asks;
this int last;
this int second;
this int listed;

dns:::query
/args[0]->pkt_direction == 2/
{
	this->host = tolower(args[9]->dns_name);
	this->asks = 1;
}

tls:::client-hello
/args[0]->pkt_direction == 2/
{
	this->host = tolower(args[9]->tls_server_name);
	this->asks = 1;
}

http:::request
/args[0]->pkt_direction == 2/
{
	this->host = strtok(tolower(args[9]->http_host), ":");
	this->asks = 1;
}

/* The list is searched for the name's last two labels, between blanks. */
dns:::query, tls:::client-hello, http:::request
/this->asks/
{
	this->last = rindex(this->host, ".");
	this->second = this->last > 0 ? rindex(this->host, ".", this->last - 1) : -1;
	this->domain = substr(this->host, this->second + 1);
	this->listed = strstr(" pastebin.com paste.ee hastebin.com rentry.co dpaste.org 0x0.st transfer.sh file.io ",
	    strjoin(" ", strjoin(this->domain, " "))) != NULL ||
	    strstr(" gofile.io anonfiles.com catbox.moe bashupload.com temp.sh webhook.site pipedream.net requestbin.com ",
	    strjoin(" ", strjoin(this->domain, " "))) != NULL || this->host == "api.telegram.org" ||
	    this->host == "hooks.slack.com" || this->host == "discord.com" || this->host == "discordapp.com";
}

dns:::query, tls:::client-hello, http:::request
/this->asks && this->listed/
{
	finding("%s asks for %s", execname, this->host);
}
