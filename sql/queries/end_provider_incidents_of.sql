-- $1 the instance that raised them, whose breakers are closed again because it has started anew
update incidents
   set ended = greatest(now(), began), cleared_by = $1
 where kind = 'provider' and raised_by = $1 and ended is null
returning id
