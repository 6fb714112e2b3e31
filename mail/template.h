/*
 * template.h - the files of mail/template/, embedded at build by
 * tools/embed_text.sh.
 *
 * @NAME@ stands for a value.  A line that begins with "?NAME " is there, without
 * that word, when the value is not empty; one with "!NAME " when it is.
 */
#ifndef MAIL_TEMPLATE_H
#define MAIL_TEMPLATE_H

struct template
{
	const char *name; /* "postfix/main.cf" */
	const char *text;
};

extern const struct template templates[]; /* name NULL ends */

#endif
