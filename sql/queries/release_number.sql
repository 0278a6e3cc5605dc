-- $1 number
delete from agent_numbers where number = $1
