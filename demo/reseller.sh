# The example reseller, made by operations on the command line; read by
# demo/run.sh, whose words it uses.  Makes what is not there yet.
# shellcheck shell=sh

box() {
	"$program" --state "$state" "$@"
}

# The super admin's part, over SSH like any person's; one line is one command.
admin() {
	connect "$@" >/dev/null
}

tenant() { # NAME DOMAIN ADMIN USERS FIRST...
	name=$1 domain=$2 person=$3
	shift 3
	ssh-keygen -q -t ed25519 -N '' -C "$person" -f "$state/$person"
	box host approve "mail.$domain" >/dev/null
	admin tenant add "'$name'" "domain=$domain" "mail_host=mail.$domain" \
	    user_limit=25 "storage_limit='50 GB'" \
	    "admin_address=$person@$domain" "admin_name=$person" \
	    "admin_key='$(cat "$state/$person.pub")'"
	admin domain verify "$domain" how=override "reason='an example domain'"
	for user in "$@"; do
		admin user add "$user@$domain" "name='$user'" "quota='1 GB'"
	done
	admin alias add "postmaster@$domain" "targets=$1@$domain"
	admin alias add "abuse@$domain" "targets=$1@$domain"
	admin alias add "dmarc@$domain" "targets=$1@$domain"
	admin alias add "sales@$domain" "targets=$2@$domain"
	box dkim make "$domain" selector=default >/dev/null
}

publish() { # DOMAIN
	box dns zone "$1" | "$here/dns.sh" publish "$state/dns" "$1"
}

make_reseller() {
	echo "Making the example reseller: 3 tenants, 40 users."
	box server set host=mx.postern.example ip4=203.0.113.10 \
	    ip6=2001:db8::10 resolvers=127.0.0.1:5301 \
	    "dns_ports=127.0.0.1:5300, 127.0.0.2:5300" >/dev/null
	tenant 'Acme' acme.example anna \
	    bob carol dave erin frank grace heidi ivan judy ken laura mallory \
	    nina oscar
	tenant 'Globex' globex.example gina \
	    hank homer lenny carl mona scorpio hal ian jack karl lou max
	tenant 'Initech' initech.example iris \
	    bill bob dom lumbergh michael milton nancy peter samir stan tom \
	    anne drew joanna
}

# Reverse names, the two good domains as advised, and one with the mistakes
# that people make.
publish_zones() {
	printf '10.113.0.203.in-addr.arpa. 60 IN PTR mx.postern.example.\n' |
	    "$here/dns.sh" publish "$state/dns" 113.0.203.in-addr.arpa
	printf '0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. 60 IN PTR mx.postern.example.\n' |
	    "$here/dns.sh" publish "$state/dns" 8.b.d.0.1.0.0.2.ip6.arpa
	printf 'mx.postern.example. 60 IN A 203.0.113.10\nmx.postern.example. 60 IN AAAA 2001:db8::10\nmx.postern.example. 60 IN TXT "v=spf1 a -all"\n' |
	    "$here/dns.sh" publish "$state/dns" postern.example
	publish acme.example
	publish globex.example
	"$here/dns.sh" update "$state/dns" initech.example <<-'END'
	add initech.example. 60 MX 10 mail.old-host.example.
	add mail.initech.example. 60 A 203.0.113.10
	add initech.example. 60 TXT "v=spf1 a -all"
	add initech.example. 60 TXT "v=spf1 include:_spf.old-host.example ~all"
	add default._domainkey.initech.example. 60 TXT "v=DKIM1; k=rsa; p=MIIBIjANBg"
	add _dmarc.initech.example. 60 TXT "v=DMARC1; p=none"
	END
}

[ "$(connect tenant list --json)" != '[]' ] || make_reseller
publish_zones
