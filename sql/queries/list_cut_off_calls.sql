-- $1 how many
-- Calls of carriers that a server took with it when it died: their lines may still be open. A server that only
-- others took for dead ("instance-lost") may have lost nothing but the database, and is given ten minutes.
select c.client_type, c.provider_call_id
  from calls c
  left join instances i on i.id = c.instance
 where c.client_type in ('twilio', 'telnyx') and c.provider_call_id <> ''
   and c.deleted_at is null and c.start_time > now() - interval '4 hours'
   and (c.end_cause = 'server-restarted'
        or c.end_cause = 'instance-lost' and i.gone_at < now() - interval '10 minutes')
 order by c.start_time desc, c.id desc
 limit $1::integer
