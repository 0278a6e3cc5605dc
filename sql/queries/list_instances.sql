select i.id, i.host, i.version, (extract(epoch from i.started_at) * 1000000)::bigint as started_us,
       (select count(*) from calls c where c.instance = i.id and c.end_time is null) as live_calls,
       case when i.gone_at is not null or not instance_lives(i.slot) then 'gone'
            when i.draining then 'draining'
            else 'ready' end as state
  from instances i
 where i.gone_at is null or i.gone_at > now() - interval '1 day'
 order by i.gone_at is not null, i.started_at desc
 limit 100
